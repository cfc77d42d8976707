package dev.pinfold.content.dag;

import dev.pinfold.content.ContentException;
import java.util.Arrays;

/** Steps through the fields of one protobuf message. Refuses groups, cut values and lengths that do not fit. */
public final class ProtoReader {
    /** Wire type of integers. */
    public static final int VARINT = 0;
    /** Wire type of 8-byte values. */
    public static final int FIXED64 = 1;
    /** Wire type of bytes, texts and messages. */
    public static final int BYTES = 2;
    /** Wire type of 4-byte values. */
    public static final int FIXED32 = 5;

    private final String what;
    private final byte[] bytes;
    private final int end;
    private int at;
    private int wire;

    /** Reads {@code bytes} from {@code start} to before {@code end}; {@code what} names the message in errors. */
    public ProtoReader(String what, byte[] bytes, int start, int end) {
        this.what = what;
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Whether there is another field. */
    public boolean hasNext() {
        return at < end;
    }

    /** Reads a field's head and returns its number; {@link #wire()} is its wire type. */
    public int field() {
        long head = varint();
        wire = (int) head & 7;
        long number = head >>> 3;
        if (number == 0 || number > 0x1fffffff) {
            throw malformed("field number " + number);
        }
        return (int) number;
    }

    /** The wire type of the field whose head was read. */
    public int wire() {
        return wire;
    }

    /** Throws MALFORMED unless the field whose head was read has wire type {@code wanted}. */
    public void require(int wanted, String field) {
        if (wire != wanted) {
            throw malformed(field + " has wire type " + wire + ", not " + wanted);
        }
    }

    /** Reads an integer of up to 64 bits; negative ones are those above 2^63. */
    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = next();
            if (shift == 63 && (next & 0xfe) != 0) {
                throw malformed("an integer has more than 64 bits");
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw malformed("an integer is longer than 10 bytes");
    }

    /** Reads four bytes, little-endian. */
    public int fixed32() {
        return next() | next() << 8 | next() << 16 | next() << 24;
    }

    /** Reads a length, moves past as many bytes, and returns where they start; {@link #position()} is their end. */
    public int span() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw malformed("a field of " + Long.toUnsignedString(length) + " bytes does not fit into the " + (end - at)
                    + " left");
        }
        int start = at;
        at += (int) length;
        return start;
    }

    /** Reads the bytes of a field. */
    public byte[] bytes() {
        int start = span();
        return Arrays.copyOfRange(bytes, start, at);
    }

    /** The index of the next byte. */
    public int position() {
        return at;
    }

    /** Moves past the value of the field whose head was read. */
    public void skip() {
        switch (wire) {
            case VARINT -> varint();
            case BYTES -> span();
            case FIXED32 -> fixed32();
            case FIXED64 -> {
                fixed32();
                fixed32();
            }
            default -> throw malformed("wire type " + wire);
        }
    }

    private int next() {
        if (at >= end) {
            throw malformed("the bytes end inside a field");
        }
        return bytes[at++] & 0xff;
    }

    /** A MALFORMED failure at this place. */
    public ContentException malformed(String why) {
        return ContentException.malformed(what + ", byte " + at + ": " + why);
    }
}
