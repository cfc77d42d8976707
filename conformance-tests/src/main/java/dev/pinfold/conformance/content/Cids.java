package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Writes the CIDs that checks pin, and reads those that gateways and CAR files name. Source: multiformats/cid. */
public final class Cids {
    public static final int RAW = 0x55;
    public static final int DAG_PB = 0x70;
    public static final int DAG_CBOR = 0x71;
    private static final int IDENTITY = 0x00;
    private static final int SHA2_256 = 0x12;
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final int MAX_TEXT = 512;

    private Cids() {}

    /** A CID taken apart; {@code bytes} is the whole binary form. */
    @SuppressWarnings("ArrayRecordComponent") // compared by multihashKey
    public record Cid(int version, int codec, int hash, byte[] digest, byte[] bytes) {
        public boolean identity() {
            return hash == IDENTITY;
        }

        /** Whether the data has this CID's hash; empty when the suite does not know that hash function. */
        public Optional<Boolean> matches(byte[] data) {
            return switch (hash) {
                case IDENTITY -> Optional.of(Arrays.equals(digest, data));
                case SHA2_256 -> Optional.of(Arrays.equals(digest, sha256(data)));
                case 0x13 -> Optional.of(Arrays.equals(digest, hashed("SHA-512", data)));
                default -> Optional.empty();
            };
        }

        /** The usual way to write it: base58btc for version 0, base32 for version 1. */
        public String text() {
            return version == 0 ? radix(bytes, BASE58) : "b" + base32(bytes);
        }

        /** Equal for two CIDs of the same block, whatever their version or base. */
        public String multihashKey() {
            return hash + ":" + base32(digest);
        }
    }

    /** CIDv1 whose multihash is the content itself: any node can "fetch" it. */
    public static String identity(byte[] content) {
        return "b" + base32(binary(RAW, IDENTITY, content));
    }

    public static String v1(int codec, byte[] content) {
        return "b" + base32(binary(codec, SHA2_256, sha256(content)));
    }

    public static String v1Base36(byte[] content) {
        return "k" + radix(binary(RAW, SHA2_256, sha256(content)), BASE36);
    }

    public static String v0(byte[] content) {
        return radix(concat(new byte[] {SHA2_256, 32}, sha256(content)), BASE58);
    }

    public static byte[] sha256(byte[] data) {
        return hashed("SHA-256", data);
    }

    private static byte[] hashed(String algorithm, byte[] data) {
        try {
            return MessageDigest.getInstance(algorithm).digest(data);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has " + algorithm, impossible);
        }
    }

    private static byte[] binary(int codec, int hash, byte[] digest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        out.writeBytes(Varint.encode(codec));
        out.writeBytes(Varint.encode(hash));
        out.writeBytes(Varint.encode(digest.length));
        out.writeBytes(digest);
        return out.toByteArray();
    }

    /** Reads a CID's text; empty when it is not one (base32, base36, base58btc are understood). */
    public static Optional<Cid> parse(String text) {
        if (text.length() < 2 || text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        if (text.length() == 46 && text.startsWith("Qm")) {
            return unradix(text, BASE58).flatMap(bytes -> read(bytes, 0));
        }
        String rest = text.substring(1);
        Optional<byte[]> bytes = switch (text.charAt(0)) {
            case 'b' -> unbase32(rest);
            case 'B' -> unbase32(rest.toLowerCase(Locale.ROOT));
            case 'k' -> unradix(rest, BASE36);
            case 'z' -> unradix(rest, BASE58);
            default -> Optional.empty();
        };
        return bytes.flatMap(b -> read(b, 0)).filter(cid -> cid.bytes().length == bytes.get().length);
    }

    /** Reads the binary CID that starts at {@code offset}; empty when there is none. */
    public static Optional<Cid> read(byte[] data, int offset) {
        if (data.length - offset >= 34 && data[offset] == SHA2_256 && data[offset + 1] == 32) {
            byte[] whole = Arrays.copyOfRange(data, offset, offset + 34);
            return Optional.of(new Cid(0, DAG_PB, SHA2_256, Arrays.copyOfRange(whole, 2, 34), whole));
        }
        Varint.Reader reader = new Varint.Reader(data, offset);
        long version = reader.next();
        long codec = reader.next();
        long hash = reader.next();
        long length = reader.next();
        if (version != 1 || codec < 0 || hash < 0 || length < 0 || length > data.length - reader.position()) {
            return Optional.empty();
        }
        int end = reader.position() + (int) length;
        return Optional.of(new Cid(
                1,
                (int) codec,
                (int) hash,
                Arrays.copyOfRange(data, reader.position(), end),
                Arrays.copyOfRange(data, offset, end)));
    }

    public static String base32(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 8 / 5 + 1);
        int bits = 0;
        int value = 0;
        for (byte b : bytes) {
            value = (value << 8) | (b & 0xff);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                out.append(BASE32.charAt((value >>> bits) & 31));
            }
            value &= (1 << bits) - 1;
        }
        if (bits > 0) {
            out.append(BASE32.charAt((value << (5 - bits)) & 31));
        }
        return out.toString();
    }

    private static Optional<byte[]> unbase32(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int bits = 0;
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = BASE32.indexOf(text.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            value = (value << 5) | digit;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out.write(value >>> bits);
                value &= (1 << bits) - 1;
            }
        }
        return Optional.of(out.toByteArray());
    }

    static String radix(byte[] bytes, String alphabet) {
        BigInteger base = BigInteger.valueOf(alphabet.length());
        BigInteger number = new BigInteger(1, bytes);
        StringBuilder out = new StringBuilder();
        while (number.signum() > 0) {
            BigInteger[] parts = number.divideAndRemainder(base);
            out.append(alphabet.charAt(parts[1].intValue()));
            number = parts[0];
        }
        for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
            out.append(alphabet.charAt(0));
        }
        return out.reverse().toString();
    }

    static Optional<byte[]> unradix(String text, String alphabet) {
        BigInteger base = BigInteger.valueOf(alphabet.length());
        BigInteger number = BigInteger.ZERO;
        int zeros = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = alphabet.indexOf(text.charAt(i));
            if (digit < 0) {
                return Optional.empty();
            }
            zeros += number.signum() == 0 && digit == 0 ? 1 : 0;
            number = number.multiply(base).add(BigInteger.valueOf(digit));
        }
        byte[] magnitude = number.signum() == 0 ? new byte[0] : number.toByteArray();
        int from = magnitude.length > 1 && magnitude[0] == 0 ? 1 : 0;
        return Optional.of(concat(new byte[zeros], Arrays.copyOfRange(magnitude, from, magnitude.length)));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Whether the text is base58btc, as peer ids of the first kind are written. */
    static Optional<byte[]> unbase58(String text) {
        return unradix(text, BASE58);
    }
}
