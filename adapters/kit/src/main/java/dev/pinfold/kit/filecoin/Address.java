package dev.pinfold.kit.filecoin;

import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multibase;
import dev.pinfold.content.Varint;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.jspecify.annotations.Nullable;

/**
 * A Filecoin address: an actor's number (f0), a secp256k1 key (f1), an actor's hash (f2) or a BLS key (f3). Immutable;
 * equal by its bytes. Source: filecoin.md section 5.2.
 */
public final class Address {
    private static final int ID = 0;
    private static final int SECP256K1 = 1;
    private static final int[] PAYLOAD = {-1, 20, 20, 48};

    private final byte[] bytes;

    private Address(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The address of the actor with this number. */
    public static Address id(long number) {
        byte[] bytes = new byte[1 + Varint.size(number)];
        Varint.write(number, bytes, 1);
        return new Address(bytes);
    }

    /** The address of a secp256k1 key, given its 65 bytes. */
    static Address ofPublicKey(byte[] uncompressed) {
        return new Address(concat(new byte[] {SECP256K1}, blake2b(20, uncompressed)));
    }

    /** Reads the text of an address, of the main network ({@code f}) or a test network ({@code t}). */
    public static Address parse(String text) {
        if (text.length() < 3 || "ft".indexOf(text.charAt(0)) < 0) {
            throw new WireException("invalid address payload: " + text);
        }
        int protocol = text.charAt(1) - '0';
        if (protocol == ID) {
            return id(Long.parseLong(text.substring(2)));
        }
        if (protocol < 0 || protocol >= PAYLOAD.length) {
            throw new WireException("unknown address protocol: " + text);
        }
        byte[] decoded = decode(text);
        if (decoded.length != PAYLOAD[protocol] + 4) {
            throw new WireException("invalid address length: " + text);
        }
        byte[] bytes = concat(new byte[] {(byte) protocol}, Arrays.copyOf(decoded, PAYLOAD[protocol]));
        byte[] checksum = Arrays.copyOfRange(decoded, PAYLOAD[protocol], decoded.length);
        if (!Arrays.equals(checksum, blake2b(4, bytes))) {
            throw new WireException("invalid address checksum: " + text);
        }
        return new Address(bytes);
    }

    /** Reads the binary form. */
    public static Address read(byte[] bytes) {
        int protocol = bytes.length == 0 ? -1 : bytes[0];
        if (protocol < 0 || protocol >= PAYLOAD.length) {
            throw new WireException("unknown address protocol " + protocol);
        }
        if (protocol == ID) {
            try {
                Address read = id(Varint.read(bytes, 1, bytes.length, "actor number"));
                if (read.bytes.length == bytes.length) {
                    return read;
                }
            } catch (ContentException e) {
                throw new WireException(String.valueOf(e.getMessage()));
            }
        } else if (bytes.length == PAYLOAD[protocol] + 1) {
            return new Address(bytes.clone());
        }
        throw new WireException("invalid address length " + bytes.length);
    }

    /** Whether this names a secp256k1 key. */
    boolean isSecp256k1() {
        return bytes[0] == SECP256K1;
    }

    /** Whether this is an actor's number. */
    boolean isId() {
        return bytes[0] == ID;
    }

    /** The actor's number; only where {@link #isId}. */
    long number() {
        if (!isId()) {
            throw new IllegalStateException(this + " is no actor's number");
        }
        return Varint.read(bytes, 1, bytes.length, "actor number");
    }

    /** The binary form. */
    public byte[] bytes() {
        return bytes.clone();
    }

    static byte[] blake2b(int size, byte[] input) {
        Blake2bDigest digest = new Blake2bDigest(size * 8);
        digest.update(input, 0, input.length);
        byte[] out = new byte[size];
        digest.doFinal(out, 0);
        return out;
    }

    static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] out = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, out, at, part.length);
            at += part.length;
        }
        return out;
    }

    private static byte[] decode(String text) {
        try {
            return Multibase.BASE32.decodeBare(text, 2);
        } catch (ContentException e) {
            throw new WireException("invalid address payload: " + text);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The text on the main network. */
    @Override
    public String toString() {
        if (isId()) {
            return "f0" + number();
        }
        byte[] payload = Arrays.copyOfRange(bytes, 1, bytes.length);
        return "f" + bytes[0] + Multibase.BASE32.encodeBare(concat(payload, blake2b(4, bytes)));
    }
}
