package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import java.io.InputStream;

/** Somewhere that content may be had from. Nothing that it gives is trusted. */
interface FetchSource {
    /** How it is named to people. */
    String name();

    Kind kind();

    /** Whether it may serve whole DAGs. */
    boolean servesCars();

    /** Whether it may serve single blocks. */
    boolean servesBlocks();

    /** Opens the DAG below a CID as a CAR, depth first. Reads of the stream fail after a while without a byte. */
    InputStream car(Cid cid, Deadline deadline) throws SourceTrouble;

    /** Whether it may serve parts of files as CARs. */
    default boolean servesParts() {
        return false;
    }

    /**
     * Opens a part of a file as a CAR, depth first, with the blocks that lead to it; both ends are inclusive. Of a directory,
     * its own blocks.
     *
     * @param path names below the root, not percent-encoded; empty for the root itself
     */
    default InputStream part(Cid root, String path, long from, long to, Deadline deadline) throws SourceTrouble {
        throw new SourceTrouble(FetchAttempt.Outcome.CANNOT_SERVE, "it serves no parts of files");
    }

    /** Fetches one block of at most 2 MiB; not verified, but the length is. */
    byte[] block(Cid cid, Deadline deadline) throws SourceTrouble;
}
