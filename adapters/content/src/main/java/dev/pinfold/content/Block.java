package dev.pinfold.content;

import java.nio.ByteBuffer;

/**
 * Bytes together with the CID that names them, proven to belong together: there is no other way to make one.
 *
 * <p>Equal when the CIDs are.
 */
public final class Block {
    /** The largest block that is exchanged between implementations: 2 MiB. */
    public static final int MAX_SIZE = 2 << 20;

    private final Cid cid;
    private final byte[] bytes;

    private Block(Cid cid, byte[] bytes) {
        this.cid = cid;
        this.bytes = bytes;
    }

    /** Proves {@code bytes} against {@code cid}. Throws HASH_MISMATCH, or UNSUPPORTED for a hash not checked here. */
    public static Block verified(Cid cid, byte[] bytes) {
        return verified(cid, bytes, new Verifier());
    }

    /** As {@link #verified(Cid, byte[])}, with a verifier that is kept from block to block. */
    public static Block verified(Cid cid, byte[] bytes, Verifier verifier) {
        verifier.check(cid, bytes, 0, bytes.length);
        return new Block(cid, bytes);
    }

    /**
     * The block of {@code bytes} that were fed to {@code hasher} as they arrived. Throws HASH_MISMATCH.
     *
     * <p>The caller vouches that exactly these bytes were fed: this is for readers that hash while they read.
     */
    public static Block proven(Cid cid, byte[] bytes, Hasher hasher) {
        if (!hasher.finishMatches(cid.multihash())) {
            throw Verifier.mismatch(cid, bytes.length);
        }
        return new Block(cid, bytes);
    }

    /** The block of {@code bytes} under a CIDv1 of {@code codec} with SHA-256. */
    public static Block of(long codec, byte[] bytes) {
        return new Block(Cid.of(codec, bytes), bytes);
    }

    /** As {@link #of(long, byte[])}, with a hasher that is kept from block to block. */
    public static Block of(long codec, byte[] bytes, Hasher hasher) {
        hasher.update(bytes, 0, bytes.length);
        return new Block(Cid.v1(codec, hasher.finish()), bytes);
    }

    /** The block whose content its CID carries in itself. Throws WRONG_TYPE when it is not an identity CID. */
    public static Block inline(Cid cid) {
        if (!cid.multihash().isIdentity()) {
            throw new ContentException(
                    ContentException.Kind.WRONG_TYPE, "The CID " + cid + " does not carry its content in itself");
        }
        return new Block(cid, cid.multihash().digest());
    }

    /**
     * The same bytes, still proven, under another CID with the same multihash. Throws IllegalArgumentException for any other
     * CID.
     */
    public Block under(Cid other) {
        if (cid.equals(other)) {
            return this;
        }
        if (!cid.multihash().equals(other.multihash())) {
            throw new IllegalArgumentException(other + " does not name the bytes of " + cid);
        }
        return new Block(other, bytes);
    }

    /** The name of the bytes. */
    public Cid cid() {
        return cid;
    }

    /** The bytes: the block's own array, not a copy, so it must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** A read-only view of the bytes. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** The number of bytes. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof Block that && cid.equals(that.cid);
    }

    @Override
    public int hashCode() {
        return cid.hashCode();
    }

    @Override
    public String toString() {
        return cid + " (" + bytes.length + " bytes)";
    }
}
