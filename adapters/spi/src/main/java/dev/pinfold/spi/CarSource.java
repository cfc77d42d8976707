package dev.pinfold.spi;

import dev.pinfold.content.Cid;
import java.io.IOException;
import java.io.InputStream;

/** A verified CARv1 with one root that can be read more than once. */
public interface CarSource {
    /** The only root. */
    Cid root();

    /** Length of the CAR in bytes. */
    long sizeBytes();

    /** Opens a fresh stream from the first byte; the caller closes it. */
    InputStream open() throws IOException;
}
