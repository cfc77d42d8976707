package dev.pinfold.content;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A digest that names its hash function. Immutable; equal by function and digest.
 *
 * <p>Digests have 20 to 128 bytes (identity: 0 to 128), and never more than the function gives: a shorter one proves
 * nothing. A digest may be a prefix of the function's own. Sources: multiformats/multihash; limits as boxo's verifcid.
 */
public final class Multihash {
    /** The shortest digest that proves anything. */
    public static final int MIN_DIGEST = 20;
    /** The longest digest, and the most that identity may carry. */
    public static final int MAX_DIGEST = 128;

    private final long code;
    private final byte[] digest;

    private Multihash(long code, byte[] digest) {
        this.code = code;
        this.digest = digest;
    }

    static Multihash trusted(long code, byte[] digest) {
        return new Multihash(code, digest);
    }

    /** A multihash of its parts. Throws MALFORMED or UNSUPPORTED when the length breaks the rules of this class. */
    public static Multihash of(long code, byte[] digest) {
        checkLength(code, digest.length);
        return new Multihash(code, digest.clone());
    }

    /** The SHA-256 multihash of {@code content}. */
    public static Multihash sha256(byte[] content) {
        return of(HashFunction.SHA2_256, content);
    }

    /** The multihash of {@code content} under {@code function}. */
    public static Multihash of(HashFunction function, byte[] content) {
        Hasher hasher = Hasher.of(function);
        hasher.update(content, 0, content.length);
        return hasher.finish();
    }

    /** Reads bytes that are one multihash and nothing else. */
    public static Multihash read(byte[] bytes) {
        Multihash read = readPrefix(bytes, 0, bytes.length);
        if (read.size() != bytes.length) {
            throw ContentException.malformed("Multihash: " + (bytes.length - read.size()) + " bytes too many after it");
        }
        return read;
    }

    /**
     * Reads the multihash at {@code offset}; {@link #size()} says how many bytes it took.
     *
     * @throws ContentException INCOMPLETE when the bytes end inside it, MALFORMED, or UNSUPPORTED for a digest too short
     */
    static Multihash readPrefix(byte[] bytes, int offset, int limit) {
        long code = Varint.read(bytes, offset, limit, "hash function");
        int at = offset + Varint.size(code);
        long length = Varint.read(bytes, at, limit, "digest length");
        at += Varint.size(length);
        checkLength(code, length);
        if (length > limit - at) {
            throw ContentException.incomplete("The " + functionName(code) + " digest should have " + length
                    + " bytes, but only " + (limit - at) + " are left");
        }
        return new Multihash(code, Arrays.copyOfRange(bytes, at, at + (int) length));
    }

    private static void checkLength(long code, long length) {
        HashFunction function = HashFunction.ofCode(code);
        int most = function == null ? MAX_DIGEST : function.size();
        if (length < 0 || length > most) {
            throw ContentException.malformed(
                    "A " + functionName(code) + " digest has at most " + most + " bytes, not " + length);
        }
        if (length < MIN_DIGEST && function != HashFunction.IDENTITY) {
            throw ContentException.unsupported("A " + functionName(code) + " digest of " + length
                    + " bytes is too weak to prove content: at least " + MIN_DIGEST + " are needed");
        }
    }

    /** The number of the hash function. */
    public long code() {
        return code;
    }

    /** The hash function, or null when it is one that cannot be checked here. */
    public @Nullable HashFunction function() {
        return HashFunction.ofCode(code);
    }

    /** The hash function. Throws UNSUPPORTED when it is one that cannot be checked here. */
    public HashFunction requireFunction() {
        HashFunction function = HashFunction.ofCode(code);
        if (function == null) {
            throw ContentException.unsupported("Hash function " + functionName()
                    + " cannot be checked here: use sha2-256, sha2-512, blake2b-256 or identity");
        }
        return function;
    }

    String functionName() {
        return functionName(code);
    }

    private static String functionName(long code) {
        HashFunction function = HashFunction.ofCode(code);
        return function == null ? "0x" + Long.toHexString(code) : function.label();
    }

    /** A copy of the digest. For identity: the content. */
    public byte[] digest() {
        return digest.clone();
    }

    byte[] digestShared() {
        return digest;
    }

    /** Whether this carries its content in itself. */
    public boolean isIdentity() {
        return code == HashFunction.IDENTITY.code();
    }

    /** Whether {@code content} has this digest. Throws UNSUPPORTED for a function that cannot be checked here. */
    public boolean verifies(byte[] content) {
        return new Verifier().matches(this, content, 0, content.length);
    }

    /** The number of bytes of the binary form. */
    public int size() {
        return Varint.size(code) + Varint.size(digest.length) + digest.length;
    }

    /** The binary form: function, length, digest. */
    public byte[] bytes() {
        byte[] out = new byte[size()];
        writeTo(out, 0);
        return out;
    }

    int writeTo(byte[] out, int offset) {
        int at = Varint.write(code, out, offset);
        at = Varint.write(digest.length, out, at);
        System.arraycopy(digest, 0, out, at, digest.length);
        return at + digest.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Multihash that && code == that.code && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        // Four bytes of a good hash are a good hash; short identity digests need the slow way.
        int length = digest.length;
        return length < MIN_DIGEST
                ? Arrays.hashCode(digest)
                : digest[0] | digest[1] << 8 | digest[length - 2] << 16 | digest[length - 1] << 24;
    }

    @Override
    public String toString() {
        return functionName() + ":" + HexFormat.of().formatHex(digest);
    }
}
