package dev.pinfold.content;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where blocks are read from, by CID. Implementations match by multihash: the codec and version are only labels. */
@FunctionalInterface
public interface BlockSource {
    /**
     * The bytes of {@code cid}, or null when this source does not have them.
     *
     * <p>The bytes need not be proven: {@link #block(Cid, Verifier)} does that. The array is not changed by the caller.
     *
     * @throws IOException when the source failed, which says nothing about whether it has the block
     */
    byte @Nullable [] find(Cid cid) throws IOException;

    /**
     * The proven block of {@code cid}. Identity CIDs are answered from themselves, without asking the source.
     *
     * @throws ContentException INCOMPLETE when the source does not have it, HASH_MISMATCH when it gives other bytes,
     *     TOO_LARGE above 2 MiB
     */
    default Block block(Cid cid, Verifier verifier) throws IOException {
        if (cid.multihash().isIdentity()) {
            return Block.inline(cid);
        }
        byte[] bytes = find(cid);
        if (bytes == null) {
            throw ContentException.incomplete("Block " + cid + " is not there");
        }
        if (bytes.length > Block.MAX_SIZE) {
            throw ContentException.tooLarge(
                    "Block " + cid + " has " + bytes.length + " bytes; at most " + Block.MAX_SIZE + " are allowed");
        }
        return Block.verified(cid, bytes, verifier);
    }
}
