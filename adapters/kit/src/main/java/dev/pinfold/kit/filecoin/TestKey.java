package dev.pinfold.kit.filecoin;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * A secp256k1 key that signs as a Lotus wallet does: over the BLAKE2b-256 of the message, deterministically (RFC 6979,
 * low s), r ‖ s ‖ recovery. For tests: whoever knows the seed knows the key, so nothing real may ever belong to it.
 */
public final class TestKey {
    /** The first byte of a signature in its binary form. */
    static final int SECP256K1 = 1;

    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);
    private static final BigInteger ORDER = CURVE.getN();
    private static final int SIGNATURE = 65;

    private final BigInteger secret;
    private final byte[] publicKey;

    private TestKey(BigInteger secret) {
        this.secret = secret;
        this.publicKey = CURVE.getG().multiply(secret).normalize().getEncoded(false);
    }

    /** The key with this secret, 64 hexadecimal digits. */
    public static TestKey ofHex(String hex) {
        BigInteger secret = new BigInteger(1, HexFormat.of().parseHex(hex));
        if (secret.signum() == 0 || secret.compareTo(ORDER) >= 0) {
            throw new IllegalArgumentException("not a secp256k1 secret");
        }
        return new TestKey(secret);
    }

    /** A key that follows from a seed and a name. */
    static TestKey of(long seed, String name) {
        byte[] digest = sha256((seed + " " + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new TestKey(
                new BigInteger(1, digest).mod(ORDER.subtract(BigInteger.ONE)).add(BigInteger.ONE));
    }

    /** The f1 address. */
    public Address address() {
        return Address.ofPublicKey(publicKey);
    }

    /** The 65 bytes of the signature over this message, without the type byte. */
    public byte[] sign(byte[] message) {
        byte[] hash = Address.blake2b(32, message);
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
        BigInteger[] signed = signer.generateSignature(hash);
        BigInteger low = signed[1].min(ORDER.subtract(signed[1]));
        for (int recovery = 0; recovery < 4; recovery++) {
            byte[] signature = encode(signed[0], low, recovery);
            if (Arrays.equals(recover(hash, signature), publicKey)) {
                return signature;
            }
        }
        throw new IllegalStateException("a signature that nobody made");
    }

    /** Whether {@code signature}, with its type byte in front, is that of {@code address} over {@code message}. */
    static boolean verifies(Address address, byte[] message, byte[] signature) {
        if (!address.isSecp256k1() || signature.length != SIGNATURE + 1 || signature[0] != SECP256K1) {
            return false;
        }
        byte[] key = recover(Address.blake2b(32, message), Arrays.copyOfRange(signature, 1, signature.length));
        return key != null && Address.ofPublicKey(key).equals(address);
    }

    private static byte @Nullable [] recover(byte[] hash, byte[] signature) {
        BigInteger r = new BigInteger(1, signature, 0, 32);
        BigInteger s = new BigInteger(1, signature, 32, 32);
        int recovery = signature[64];
        BigInteger x = r.add(ORDER.multiply(BigInteger.valueOf(recovery >> 1)));
        boolean possible = recovery >= 0
                && recovery < 4
                && inRange(r)
                && inRange(s)
                && x.compareTo(CURVE.getCurve().getField().getCharacteristic()) < 0;
        if (!possible) {
            return null;
        }
        ECPoint point = point(x, recovery);
        if (point == null) {
            return null;
        }
        BigInteger inverse = r.modInverse(ORDER);
        BigInteger first = new BigInteger(1, hash).negate().multiply(inverse).mod(ORDER);
        BigInteger second = s.multiply(inverse).mod(ORDER);
        ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), first, point, second)
                .normalize();
        return key.isInfinity() ? null : key.getEncoded(false);
    }

    private static @Nullable ECPoint point(BigInteger x, int recovery) {
        byte[] compressed = new byte[33];
        compressed[0] = (byte) (2 + (recovery & 1));
        System.arraycopy(fixed(x), 0, compressed, 1, 32);
        try {
            return CURVE.getCurve().decodePoint(compressed);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean inRange(BigInteger value) {
        return value.signum() > 0 && value.compareTo(ORDER) < 0;
    }

    private static byte[] encode(BigInteger r, BigInteger s, int recovery) {
        return Address.concat(fixed(r), fixed(s), new byte[] {(byte) recovery});
    }

    private static byte[] fixed(BigInteger value) {
        byte[] all = value.toByteArray();
        byte[] out = new byte[32];
        int take = Math.min(32, all.length);
        System.arraycopy(all, all.length - take, out, 32 - take, take);
        return out;
    }

    static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "TestKey[" + address() + "]";
    }
}
