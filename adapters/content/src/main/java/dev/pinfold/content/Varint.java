package dev.pinfold.content;

/**
 * Unsigned LEB128 integers as multiformats writes them: at most 9 bytes (63 bits), and in their shortest form.
 *
 * <p>Because only the shortest form is accepted, {@link #size(long)} of a value that was read is the number of bytes it
 * took. Source: multiformats/unsigned-varint.
 */
public final class Varint {
    /** The longest encoding that is accepted. */
    public static final int MAX_BYTES = 9;

    private Varint() {}

    /**
     * Reads the integer that starts at {@code offset}.
     *
     * @param limit the first index that may not be read
     * @param what names the integer in error messages, for example {@code "CID codec"}
     * @return 0 to 2^63 − 1
     * @throws ContentException INCOMPLETE when the bytes end inside the integer; MALFORMED when it is longer than 9 bytes
     *     or not in its shortest form
     */
    public static long read(byte[] bytes, int offset, int limit, String what) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            if (offset + i >= limit) {
                throw ContentException.incomplete(what + ": the bytes end inside a varint, at byte " + (offset + i));
            }
            int next = bytes[offset + i];
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return checkMinimal(value, next, i, what);
            }
        }
        throw tooLong(what);
    }

    /** Refuses a padded encoding: {@code last} is the final byte, found at index {@code index} of the integer. */
    public static long checkMinimal(long value, int last, int index, String what) {
        if (last == 0 && index > 0) {
            throw ContentException.malformed(what + ": varint " + value + " is not in its shortest form (" + (index + 1)
                    + " bytes where " + size(value) + " would do)");
        }
        return value;
    }

    /** The failure for an integer that goes on after {@value #MAX_BYTES} bytes. */
    public static ContentException tooLong(String what) {
        return ContentException.malformed(what + ": varint is longer than " + MAX_BYTES + " bytes");
    }

    /** The number of bytes of the shortest form, 1 to 9. */
    public static int size(long value) {
        requireUnsigned(value);
        return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /** Writes {@code value} at {@code offset} and returns the index after it. */
    public static int write(long value, byte[] target, int offset) {
        requireUnsigned(value);
        int at = offset;
        long rest = value;
        while (rest >= 0x80) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    /** The shortest form of {@code value}. */
    public static byte[] encode(long value) {
        byte[] out = new byte[size(value)];
        write(value, out, 0);
        return out;
    }

    private static void requireUnsigned(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("A varint is not negative: " + value);
        }
    }
}
