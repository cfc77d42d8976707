package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes CBOR as Filecoin's own encoders do: shortest lengths, links as tag 42, big integers as signed byte strings. */
final class CborOut {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    CborOut array(int length) {
        return head(4, length);
    }

    CborOut map(int length) {
        return head(5, length);
    }

    CborOut uint(long value) {
        return head(0, value);
    }

    CborOut integer(long value) {
        return value < 0 ? head(1, -1 - value) : head(0, value);
    }

    CborOut bytes(byte[] value) {
        head(2, value.length);
        out.writeBytes(value);
        return this;
    }

    CborOut text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        head(3, utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    CborOut bool(boolean value) {
        out.write(value ? 0xf5 : 0xf4);
        return this;
    }

    CborOut none() {
        out.write(0xf6);
        return this;
    }

    CborOut link(Cid cid) {
        byte[] bytes = cid.bytes();
        head(6, 42);
        head(2, bytes.length + 1);
        out.write(0);
        out.writeBytes(bytes);
        return this;
    }

    CborOut bigInt(BigInteger value) {
        if (value.signum() == 0) {
            return bytes(new byte[0]);
        }
        byte[] magnitude = value.abs().toByteArray();
        int skip = magnitude[0] == 0 ? 1 : 0;
        byte[] signed = new byte[magnitude.length - skip + 1];
        signed[0] = (byte) (value.signum() < 0 ? 1 : 0);
        System.arraycopy(magnitude, skip, signed, 1, magnitude.length - skip);
        return bytes(signed);
    }

    CborOut raw(byte[] encoded) {
        out.writeBytes(encoded);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private CborOut head(int major, long value) {
        int width = value < 24 ? 0 : value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : value < 1L << 32 ? 4 : 8;
        int low = width == 0 ? (int) value : 24 + Integer.numberOfTrailingZeros(width);
        out.write(major << 5 | low);
        for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
        return this;
    }
}
