package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;

/** Unsigned varints as CIDs and CAR files use them: at most nine bytes. Source: multiformats/unsigned-varint. */
final class Varint {
    private Varint() {}

    static byte[] encode(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    /** Reads one after the other; −1 for a number that is cut off or too long. */
    static final class Reader {
        private final byte[] data;
        private int position;

        Reader(byte[] data, int position) {
            this.data = data;
            this.position = position;
        }

        long next() {
            long value = 0;
            for (int i = 0; i < 9; i++) {
                if (position >= data.length) {
                    return -1;
                }
                int b = data[position++];
                value |= (long) (b & 0x7f) << (7 * i);
                if (b >= 0) {
                    return value;
                }
            }
            return -1;
        }

        int position() {
            return position;
        }
    }
}
