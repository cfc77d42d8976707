package dev.pinfold.content;

import java.util.EnumMap;

/**
 * Proves bytes against multihashes, keeping one {@link Hasher} per function so that none is made per block.
 *
 * <p>Not safe for use by several threads at once; cheap enough to have one per stream.
 */
public final class Verifier {
    private final EnumMap<HashFunction, Hasher> hashers = new EnumMap<>(HashFunction.class);

    /** A fresh hasher, with nothing fed, for the function of {@code expected}. Throws UNSUPPORTED for an unknown one. */
    public Hasher hasherFor(Multihash expected) {
        Hasher hasher = hashers.computeIfAbsent(expected.requireFunction(), Hasher::of);
        hasher.reset();
        return hasher;
    }

    /** Whether the {@code length} bytes at {@code offset} have the digest of {@code expected}. */
    public boolean matches(Multihash expected, byte[] bytes, int offset, int length) {
        if (expected.code() == HashFunction.IDENTITY.code() && length > Multihash.MAX_DIGEST) {
            return false;
        }
        Hasher hasher = hasherFor(expected);
        hasher.update(bytes, offset, length);
        return hasher.finishMatches(expected);
    }

    /** Throws HASH_MISMATCH unless the {@code length} bytes at {@code offset} are the content that {@code cid} names. */
    public void check(Cid cid, byte[] bytes, int offset, int length) {
        if (!matches(cid.multihash(), bytes, offset, length)) {
            throw mismatch(cid, length);
        }
    }

    /** The failure for {@code length} bytes that are not the content of {@code cid}. */
    public static ContentException mismatch(Cid cid, long length) {
        return new ContentException(
                ContentException.Kind.HASH_MISMATCH,
                "Block " + cid + ": the " + length + " bytes received do not have this CID's "
                        + cid.multihash().functionName()
                        + " hash");
    }
}
