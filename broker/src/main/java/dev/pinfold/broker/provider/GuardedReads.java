package dev.pinfold.broker.provider;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.deal.ColdReader;
import java.io.InputStream;

/**
 * What a {@link GuardedProvider} reads back from storage providers: every call keeps its places and its deadline, and is
 * counted. A storage provider that fails says nothing about the node, so no breaker opens.
 */
final class GuardedReads implements ColdReader {
    private final GuardedProvider guard;
    private final ColdReader reads;

    GuardedReads(GuardedProvider guard, ColdReader reads) {
        this.guard = guard;
        this.reads = reads;
    }

    @Override
    public InputStream piece(String storageProvider, Cid pieceCid, long offset, long length, Deadline deadline) {
        return guard.deal(
                Operation.CAR,
                null,
                deadline,
                limit -> guard.held(reads.piece(storageProvider, pieceCid, offset, length, limit)));
    }

    @Override
    public InputStream car(String storageProvider, Cid root, Deadline deadline) {
        return guard.deal(Operation.CAR, null, deadline, limit -> guard.held(reads.car(storageProvider, root, limit)));
    }

    @Override
    public byte[] block(String storageProvider, Cid cid, Deadline deadline) {
        return guard.deal(Operation.BLOCK, null, deadline, limit -> reads.block(storageProvider, cid, limit));
    }
}
