package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Steps through DAG-CBOR one head at a time, refusing what DAG-CBOR refuses.
 *
 * <p>Integers and lengths in their shortest form, no indefinite lengths, tag 42 only, false/true/null and 64-bit finite
 * floats only. Source: ipld/specs, DAG-CBOR.
 */
final class CborReader {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    private static final int LINK_TAG = 42;

    private final byte[] bytes;
    private int at;
    /** The value of the last head: a number, a length, or the low bits of a simple value. */
    private long argument;

    CborReader(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean atEnd() {
        return at == bytes.length;
    }

    int position() {
        return at;
    }

    long argument() {
        return argument;
    }

    /** Reads one head and returns its major type. For {@link #SIMPLE}, the value itself has been checked and passed. */
    int head() {
        int first = next();
        int major = first >> 5;
        int low = first & 31;
        if (major == SIMPLE) {
            simple(low);
            return major;
        }
        argument = low < 24 ? low : longArgument(low);
        switch (major) {
            case BYTES, TEXT -> require(argument, "string");
            // Each item takes a byte at least, each pair two: a longer claim cannot be true.
            case ARRAY -> require(argument, "array");
            case MAP -> require(argument >>> 32 != 0 ? argument : argument * 2, "map");
            case TAG -> requireLinkTag();
            default -> {
                // Numbers have no more to check.
            }
        }
        return major;
    }

    private long longArgument(int low) {
        if (low > 27) {
            throw malformed(low == 31 ? "indefinite lengths are not allowed" : "reserved length form " + low);
        }
        int width = 1 << (low - 24);
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << 8 | next();
        }
        boolean shorter = width == 1 ? value < 24 : value >>> (width * 4) == 0;
        if (shorter) {
            throw malformed("the number " + value + " is not in its shortest form");
        }
        return value;
    }

    private void simple(int low) {
        argument = low;
        if (low == 27) {
            long raw = 0;
            for (int i = 0; i < 8; i++) {
                raw = raw << 8 | next();
            }
            argument = raw;
            if (!Double.isFinite(Double.longBitsToDouble(raw))) {
                throw malformed("NaN and infinity are not allowed");
            }
        } else if (low < 20 || low > 22) {
            throw malformed("only false, true, null and 64-bit floats are allowed, not simple value " + low);
        }
    }

    private void requireLinkTag() {
        if (argument != LINK_TAG) {
            throw malformed("tag " + Long.toUnsignedString(argument) + " is not allowed: only links (tag 42) are");
        }
    }

    /** Reads what follows a {@link #TAG} head. */
    Cid link() {
        int major = head();
        if (major != BYTES || argument < 1 || bytes[at] != 0) {
            throw malformed("a link must be a byte string that starts with a zero byte");
        }
        int end = at + (int) argument;
        Cid cid = Cid.readPrefix(bytes, at + 1, end);
        if (at + 1 + cid.size() != end) {
            throw malformed("there are bytes after the CID of a link");
        }
        at = end;
        return cid;
    }

    /** Passes over the content of the string whose head was read. */
    void skip() {
        at += (int) argument;
    }

    /** Reads the content of the text string whose head was read. */
    String text() {
        int length = (int) argument;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
            at += length;
            return text;
        } catch (CharacterCodingException e) {
            throw malformed("a text is not UTF-8");
        }
    }

    private void require(long length, String what) {
        if (length < 0 || length > bytes.length - at) {
            throw malformed("a " + what + " of length " + Long.toUnsignedString(length) + " does not fit into the "
                    + (bytes.length - at) + " bytes left");
        }
    }

    private int next() {
        if (at >= bytes.length) {
            throw malformed("the bytes end inside a value");
        }
        return bytes[at++] & 0xff;
    }

    ContentException malformed(String why) {
        return ContentException.malformed("DAG-CBOR, byte " + at + ": " + why);
    }
}
