package dev.pinfold.content;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * Computes one multihash at a time from bytes that arrive in pieces, and can be used again afterwards.
 *
 * <p>Not safe for use by several threads at once.
 */
public abstract sealed class Hasher {
    private final HashFunction function;

    private Hasher(HashFunction function) {
        this.function = function;
    }

    /** A hasher of {@code function}, with nothing fed yet. */
    public static Hasher of(HashFunction function) {
        return switch (function) {
            case IDENTITY -> new Identity();
            case SHA2_256 -> new Jdk(function, "SHA-256");
            case SHA2_512 -> new Jdk(function, "SHA-512");
            case BLAKE2B_256 -> new Blake2b();
        };
    }

    /** The function of this hasher. */
    public final HashFunction function() {
        return function;
    }

    /** Feeds {@code length} bytes from {@code offset}. TOO_LARGE when the function is identity and 128 bytes are passed. */
    public abstract void update(byte[] bytes, int offset, int length);

    /** Feeds what remains in {@code bytes}, whose position moves to its limit. */
    public abstract void update(ByteBuffer bytes);

    /** Forgets what was fed. */
    public abstract void reset();

    abstract byte[] digest();

    /** The multihash of everything fed since the last call or {@link #reset()}; starts anew. */
    public final Multihash finish() {
        return Multihash.trusted(function.code(), digest());
    }

    /** Whether everything fed has the digest of {@code expected}, which may be cut short; starts anew. */
    public final boolean finishMatches(Multihash expected) {
        byte[] computed = digest();
        byte[] wanted = expected.digestShared();
        if (expected.code() != function.code() || wanted.length > computed.length) {
            return false;
        }
        // Identity has no hash to cut: all of it counts.
        int length = function == HashFunction.IDENTITY ? computed.length : wanted.length;
        return Arrays.equals(computed, 0, length, wanted, 0, wanted.length);
    }

    private static final class Jdk extends Hasher {
        private final MessageDigest digest;

        Jdk(HashFunction function, String algorithm) {
            super(function);
            try {
                digest = MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java runtime has " + algorithm, e);
            }
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        public void update(ByteBuffer bytes) {
            digest.update(bytes);
        }

        @Override
        public void reset() {
            digest.reset();
        }

        @Override
        byte[] digest() {
            return digest.digest();
        }
    }

    private static final class Blake2b extends Hasher {
        private final Blake2bDigest digest = new Blake2bDigest(256);

        Blake2b() {
            super(HashFunction.BLAKE2B_256);
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        public void update(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            digest.update(copy, 0, copy.length);
        }

        @Override
        public void reset() {
            digest.reset();
        }

        @Override
        byte[] digest() {
            byte[] out = new byte[digest.getDigestSize()];
            digest.doFinal(out, 0);
            return out;
        }
    }

    private static final class Identity extends Hasher {
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();

        Identity() {
            super(HashFunction.IDENTITY);
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            if (held.size() + length > Multihash.MAX_DIGEST) {
                held.reset();
                throw ContentException.tooLarge("Identity content is longer than " + Multihash.MAX_DIGEST + " bytes");
            }
            held.write(bytes, offset, length);
        }

        @Override
        public void update(ByteBuffer bytes) {
            byte[] copy = new byte[Math.min(bytes.remaining(), Multihash.MAX_DIGEST + 1)];
            bytes.get(copy);
            update(copy, 0, copy.length);
        }

        @Override
        public void reset() {
            held.reset();
        }

        @Override
        byte[] digest() {
            byte[] out = held.toByteArray();
            held.reset();
            return out;
        }
    }
}
