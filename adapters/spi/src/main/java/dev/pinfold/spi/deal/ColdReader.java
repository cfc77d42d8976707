package dev.pinfold.spi.deal;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.InputStream;

/**
 * Reads back from storage providers, over HTTP, what deals stored there. Nothing of it is verified.
 *
 * <p>As with {@link dev.pinfold.spi.Provider}, calls block, are safe to make from many threads, end by their deadline and
 * soon after an interrupt, and fail with a {@link ProviderException}: {@link Failure.NotFound} where the storage provider
 * does not have it, {@link Failure.Rejected} where it names no address. The deadline of a stream covers its opening only.
 * Source: the Curio documentation on retrievals; trustless gateway specification.
 */
public interface ColdReader {
    /**
     * Opens a part of a piece ({@code /piece} with a range).
     *
     * @param storageProvider its id address, such as {@code f01234}
     * @param pieceCid of version 1 or 2
     * @param offset of the first byte in the payload
     * @param length in bytes, at least 1; the stream may end early, and then lacks the rest
     */
    InputStream piece(String storageProvider, Cid pieceCid, long offset, long length, Deadline deadline);

    /** Opens the DAG below a root as a CARv1, depth first ({@code /ipfs}). */
    InputStream car(String storageProvider, Cid root, Deadline deadline);

    /** Fetches one block of at most 2 MiB ({@code /ipfs}). */
    byte[] block(String storageProvider, Cid cid, Deadline deadline);
}
