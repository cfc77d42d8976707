package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes CBOR as Go's cbor-gen does: shortest heads, fields in the order they are given, links as tag 42, amounts as byte
 * strings with a sign byte.
 */
final class CborOut {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;
    private static final int LINK_TAG = 42;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    CborOut array(int length) {
        return head(ARRAY, length);
    }

    CborOut map(int pairs) {
        return head(MAP, pairs);
    }

    CborOut integer(long value) {
        return value >= 0 ? head(UNSIGNED, value) : head(NEGATIVE, -1 - value);
    }

    CborOut bytes(byte[] value) {
        head(BYTES, value.length);
        out.writeBytes(value);
        return this;
    }

    CborOut text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        head(TEXT, utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    CborOut flag(boolean value) {
        out.write(value ? 0xf5 : 0xf4);
        return this;
    }

    CborOut link(@Nullable Cid cid) {
        if (cid == null) {
            out.write(0xf6);
            return this;
        }
        head(TAG, LINK_TAG);
        head(BYTES, cid.size() + 1);
        out.write(0);
        out.writeBytes(cid.bytes());
        return this;
    }

    /** An amount, not negative: empty for zero, else a zero sign byte and the magnitude. */
    CborOut amount(BigInteger value) {
        if (value.signum() < 0) {
            throw new IllegalArgumentException("an amount is not negative: " + value);
        }
        if (value.signum() == 0) {
            return bytes(new byte[0]);
        }
        byte[] twos = value.toByteArray();
        boolean hasZero = twos[0] == 0;
        byte[] signed = new byte[twos.length + (hasZero ? 0 : 1)];
        System.arraycopy(twos, 0, signed, hasZero ? 0 : 1, twos.length);
        return bytes(signed);
    }

    /** Bytes that are CBOR already. */
    CborOut raw(byte[] cbor) {
        out.writeBytes(cbor);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private CborOut head(int major, long argument) {
        int top = major << 5;
        if (argument < 24) {
            out.write(top | (int) argument);
            return this;
        }
        int power = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x1_0000_0000L ? 2 : 3;
        out.write(top | (24 + power));
        for (int shift = (8 << power) - 8; shift >= 0; shift -= 8) {
            out.write((int) (argument >>> shift));
        }
        return this;
    }
}
