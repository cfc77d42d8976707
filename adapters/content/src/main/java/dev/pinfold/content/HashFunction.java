package dev.pinfold.content;

import org.jspecify.annotations.Nullable;

/** The hash functions whose proofs are checked here. Source: the multicodec table. */
public enum HashFunction {
    /** Not a hash: the digest is the content itself, at most 128 bytes. */
    IDENTITY(0x00, "identity", Multihash.MAX_DIGEST),
    /** SHA-256, the hash of nearly all content. */
    SHA2_256(0x12, "sha2-256", 32),
    /** SHA-512. */
    SHA2_512(0x13, "sha2-512", 64),
    /** BLAKE2b with 256 bits, as old Lotus imports have it. */
    BLAKE2B_256(0xb220, "blake2b-256", 32);

    private final long code;
    private final String label;
    private final int size;

    HashFunction(long code, String label, int size) {
        this.code = code;
        this.label = label;
        this.size = size;
    }

    /** The number in the multicodec table. */
    public long code() {
        return code;
    }

    /** The name in the multicodec table. */
    public String label() {
        return label;
    }

    /** Bytes of a whole digest; for {@link #IDENTITY} the most that is allowed. */
    public int size() {
        return size;
    }

    /** The function with this number, or null when its proofs cannot be checked here. */
    public static @Nullable HashFunction ofCode(long code) {
        for (HashFunction function : values()) {
            if (function.code == code) {
                return function;
            }
        }
        return null;
    }
}
