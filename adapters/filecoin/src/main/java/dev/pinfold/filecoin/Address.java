package dev.pinfold.filecoin;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multibase;
import dev.pinfold.content.Varint;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.jspecify.annotations.Nullable;

/**
 * An address of the chain. Equal by meaning: {@code f01234} and {@code t01234} are the same actor on their networks, so the
 * network's letter is no part of it. Source: Filecoin specification, addresses; delegated addresses by FIP-0048.
 */
final class Address {
    private static final int ID = 0;
    private static final int SECP256K1 = 1;
    private static final int ACTOR = 2;
    private static final int BLS = 3;
    private static final int DELEGATED = 4;

    private static final int CHECKSUM = 4;
    private static final int MOST_SUBADDRESS = 54;

    private final int protocol;
    /** What follows the protocol's byte in the binary form. */
    private final byte[] payload;

    private Address(int protocol, byte[] payload) {
        this.protocol = protocol;
        this.payload = payload;
    }

    /** The id address of this number. */
    static Address ofId(long number) {
        return new Address(ID, Varint.encode(number));
    }

    /** Reads a text such as {@code f01234}, {@code f1…}, {@code f3…}, {@code f410f…}, or with {@code t}. */
    static Address parse(String text) {
        if (!text.matches("[ft][0-4][a-z0-9]{1,120}")) {
            throw wrong(text, "it starts with f or t, a digit from 0 to 4, and goes on in lower case");
        }
        int protocol = text.charAt(1) - '0';
        String rest = text.substring(2);
        return switch (protocol) {
            case ID -> id(text, rest);
            case DELEGATED -> delegated(text, rest);
            default -> new Address(protocol, hashed(text, protocol, rest));
        };
    }

    /** Reads the binary form. */
    static Address read(byte[] bytes) {
        int protocol = bytes.length == 0 ? -1 : bytes[0];
        byte[] payload = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
        boolean right = switch (protocol) {
            case ID -> isVarint(payload);
            case SECP256K1, ACTOR -> payload.length == 20;
            case BLS -> payload.length == 48;
            case DELEGATED -> payload.length >= 2 && payload.length <= 9 + MOST_SUBADDRESS;
            default -> false;
        };
        if (!right) {
            throw new IllegalArgumentException(
                    "not the bytes of an address: " + HexFormat.of().formatHex(bytes));
        }
        return new Address(protocol, payload);
    }

    private static Address id(String text, String digits) {
        if (!digits.matches("0|[1-9][0-9]{0,18}")) {
            throw wrong(text, "an id is a decimal number without leading zeros");
        }
        try {
            return ofId(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw wrong(text, "its number is too large");
        }
    }

    private static Address delegated(String text, String rest) {
        int at = rest.indexOf('f');
        if (at < 1 || !rest.substring(0, at).matches("0|[1-9][0-9]{0,18}")) {
            throw wrong(text, "a delegated address is f4, a namespace, f and letters");
        }
        byte[] namespace = Varint.encode(Long.parseLong(rest.substring(0, at)));
        byte[] all = base32(text, rest.substring(at + 1));
        if (all.length <= CHECKSUM || all.length > MOST_SUBADDRESS + CHECKSUM) {
            throw wrong(text, "its length is wrong");
        }
        byte[] payload = join(namespace, Arrays.copyOf(all, all.length - CHECKSUM));
        checkSum(text, DELEGATED, payload, all);
        return new Address(DELEGATED, payload);
    }

    private static byte[] hashed(String text, int protocol, String rest) {
        byte[] all = base32(text, rest);
        int length = protocol == BLS ? 48 : 20;
        if (all.length != length + CHECKSUM) {
            throw wrong(text, "its length is wrong");
        }
        byte[] payload = Arrays.copyOf(all, length);
        checkSum(text, protocol, payload, all);
        return payload;
    }

    private static void checkSum(String text, int protocol, byte[] payload, byte[] all) {
        byte[] stated = Arrays.copyOfRange(all, all.length - CHECKSUM, all.length);
        if (!Arrays.equals(stated, checksum(protocol, payload))) {
            throw wrong(text, "its checksum does not fit: a character is mistyped");
        }
    }

    private static byte[] base32(String text, String letters) {
        try {
            return Multibase.BASE32.decodeBare(letters, 0);
        } catch (ContentException e) {
            throw wrong(text, "it has a letter that base 32 does not have");
        }
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("not a Filecoin address: '" + text + "': " + why);
    }

    private static boolean isVarint(byte[] payload) {
        try {
            return Varint.size(Varint.read(payload, 0, payload.length, "id")) == payload.length;
        } catch (ContentException e) {
            return false;
        }
    }

    private static byte[] checksum(int protocol, byte[] payload) {
        Blake2bDigest digest = new Blake2bDigest(CHECKSUM * 8);
        digest.update((byte) protocol);
        digest.update(payload, 0, payload.length);
        byte[] out = new byte[CHECKSUM];
        digest.doFinal(out, 0);
        return out;
    }

    private static byte[] join(byte[] head, byte[] tail) {
        byte[] out = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, out, head.length, tail.length);
        return out;
    }

    boolean isId() {
        return protocol == ID;
    }

    /** The number of an id address. */
    long number() {
        if (!isId()) {
            throw new IllegalStateException("only an id address has a number");
        }
        return Varint.read(payload, 0, payload.length, "id");
    }

    /** The word for the kind of key behind it, as CurioAuth writes it. */
    String keyType() {
        return switch (protocol) {
            case SECP256K1 -> "secp256k1";
            case BLS -> "bls";
            case DELEGATED -> "delegated";
            default -> throw new IllegalStateException("no key is behind an address of protocol " + protocol);
        };
    }

    /** Whether a key can sign for it. */
    boolean isKey() {
        return protocol == SECP256K1 || protocol == BLS || protocol == DELEGATED;
    }

    /** The binary form: the protocol, then the payload. */
    byte[] bytes() {
        return join(new byte[] {(byte) protocol}, payload);
    }

    /** The text on a network whose addresses start with this letter. */
    String text(char network) {
        String head = String.valueOf(network).toLowerCase(Locale.ROOT) + protocol;
        return switch (protocol) {
            case ID -> head + number();
            case DELEGATED -> {
                long namespace = Varint.read(payload, 0, payload.length, "namespace");
                byte[] sub = Arrays.copyOfRange(payload, Varint.size(namespace), payload.length);
                yield head + namespace + "f" + Multibase.BASE32.encodeBare(join(sub, checksum(protocol, payload)));
            }
            default -> head + Multibase.BASE32.encodeBare(join(payload, checksum(protocol, payload)));
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address that && protocol == that.protocol && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return 31 * protocol + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return text('f');
    }
}
