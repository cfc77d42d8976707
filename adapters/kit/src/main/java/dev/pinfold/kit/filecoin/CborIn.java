package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the CBOR of Filecoin's messages strictly: shortest lengths, the expected types, nothing left over. */
final class CborIn {
    private static final String[] TYPES = {
        "an integer", "a negative integer", "bytes", "a text", "an array", "a map", "a tag", "a simple value"
    };

    private final byte[] bytes;
    private int at;

    CborIn(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Passes the head of an array that must have this many items. */
    void array(int length, String what) {
        long found = expect(4, what);
        if (found != length) {
            throw wrong(what + " must have " + length + " items, not " + found);
        }
    }

    /** Passes the head of an array and returns how many items it has. */
    int items(String what) {
        return count(expect(4, what), what);
    }

    /** Passes the head of a map and returns how many pairs it has. */
    int pairs(String what) {
        return count(expect(5, what), what);
    }

    long uint(String what) {
        long value = expect(0, what);
        if (value < 0) {
            throw wrong(what + " is above 2^63");
        }
        return value;
    }

    long integer(String what) {
        return peek() >> 5 == 1 ? -1 - expect(1, what) : uint(what);
    }

    byte[] bytes(String what) {
        return take(expect(2, what), what);
    }

    String text(String what) {
        byte[] utf8 = take(expect(3, what), what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw wrong(what + " is not UTF-8");
        }
    }

    boolean bool(String what) {
        int first = next(what);
        if (first != 0xf4 && first != 0xf5) {
            throw wrong(what + " must be true or false");
        }
        return first == 0xf5;
    }

    Cid link(String what) {
        if (expect(6, what) != 42) {
            throw wrong(what + " must be a link (tag 42)");
        }
        byte[] cid = bytes(what);
        if (cid.length == 0 || cid[0] != 0) {
            throw wrong(what + ": the bytes of a link start with zero");
        }
        try {
            return Cid.read(Arrays.copyOfRange(cid, 1, cid.length));
        } catch (ContentException e) {
            throw wrong(what + ": " + e.getMessage());
        }
    }

    BigInteger bigInt(String what) {
        byte[] signed = bytes(what);
        if (signed.length == 0) {
            return BigInteger.ZERO;
        }
        if ((signed[0] != 0 && signed[0] != 1) || signed.length == 1 || signed[1] == 0) {
            throw wrong(what + " is no big integer in its shortest form");
        }
        return new BigInteger(signed[0] == 0 ? 1 : -1, signed, 1, signed.length - 1);
    }

    /** The index of the next byte; with {@link #slice} it gives the encoded form of what was read between. */
    int position() {
        return at;
    }

    byte[] slice(int from) {
        return Arrays.copyOfRange(bytes, from, at);
    }

    void end(String what) {
        if (at != bytes.length) {
            throw wrong(what + " is followed by " + (bytes.length - at) + " bytes too many");
        }
    }

    private long expect(int major, String what) {
        int first = next(what);
        if (first >> 5 != major) {
            throw wrong(what + " must be " + TYPES[major] + ", not " + TYPES[first >> 5]);
        }
        int low = first & 31;
        if (low < 24) {
            return low;
        }
        if (low > 27) {
            throw wrong(what + " has no definite length");
        }
        int width = 1 << (low - 24);
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << 8 | next(what);
        }
        if (width == 1 ? value < 24 : value >>> (width * 4) == 0) {
            throw wrong(what + " is not in its shortest form");
        }
        return value;
    }

    private int count(long length, String what) {
        if (length < 0 || length > bytes.length - at) {
            throw wrong(what + " claims " + Long.toUnsignedString(length) + " items");
        }
        return (int) length;
    }

    private byte[] take(long length, String what) {
        int from = at;
        at += count(length, what);
        return Arrays.copyOfRange(bytes, from, at);
    }

    private int peek() {
        return at < bytes.length ? bytes[at] & 0xff : 0;
    }

    private int next(String what) {
        if (at >= bytes.length) {
            throw wrong("the bytes end inside " + what);
        }
        return bytes[at++] & 0xff;
    }

    private WireException wrong(String why) {
        return new WireException("CBOR, byte " + at + ": " + why);
    }
}
