package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.car.CarReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first verified block from a source, and what comes after it.
 *
 * @param rest the CAR that goes on after the block; null when the block came alone
 * @param stream the stream under the CAR
 * @param extent how much the CAR was to bring
 */
record Opened(
        Block first, @Nullable CarReader rest, @Nullable InputStream stream, Extent extent) implements Closeable {
    /** How much comes with a block. */
    enum Extent {
        /** Nothing. */
        BLOCK,
        /** The DAG below it, or below a node around it. */
        DAG,
        /** What leads to a path's end, and the beginning of what lies there. */
        BEGINNING,
        /** All that is left of a file, or of a part of it. */
        REST
    }

    static Opened alone(Block block) {
        return new Opened(block, null, null, Extent.BLOCK);
    }

    /** Whether the source chose the blocks by the bytes of a file that were asked for, and not by a DAG. */
    boolean byBytes() {
        return extent == Extent.BEGINNING || extent == Extent.REST;
    }

    @Override
    public void close() {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is given up either way.
            }
        }
    }
}
