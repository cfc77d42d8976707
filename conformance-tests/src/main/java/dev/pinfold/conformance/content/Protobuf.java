package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** The two kinds of protobuf fields that dag-pb and UnixFS use: numbers and byte strings. */
final class Protobuf {
    private static final int NUMBER = 0;
    private static final int BYTES = 2;

    private Protobuf() {}

    /** One field and where the next begins; a number has no bytes, and bytes have their length as value. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Field(int number, long value, byte[] bytes, int end) {}

    static Optional<Field> field(byte[] data, int at) {
        Varint.Reader reader = new Varint.Reader(data, at);
        long tag = reader.next();
        long value = reader.next();
        if (tag < 0 || value < 0) {
            return Optional.empty();
        }
        int number = (int) (tag >>> 3);
        if ((tag & 7) == NUMBER) {
            return Optional.of(new Field(number, value, new byte[0], reader.position()));
        }
        if ((tag & 7) != BYTES || value > data.length - reader.position()) {
            return Optional.empty();
        }
        int end = reader.position() + (int) value;
        return Optional.of(new Field(number, value, Arrays.copyOfRange(data, reader.position(), end), end));
    }

    static void number(ByteArrayOutputStream out, int field, long value) {
        out.writeBytes(Varint.encode(((long) field << 3) | NUMBER));
        out.writeBytes(Varint.encode(value));
    }

    static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        out.writeBytes(Varint.encode(((long) field << 3) | BYTES));
        out.writeBytes(Varint.encode(value.length));
        out.writeBytes(value);
    }
}
