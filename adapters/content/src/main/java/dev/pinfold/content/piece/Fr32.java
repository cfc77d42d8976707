package dev.pinfold.content.piece;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Spreads 127 payload bytes over 128 bytes, so that each 32 of them, read as a little-endian number, are smaller than the
 * field that Filecoin's proofs compute in: after every 254 bits come two zero bits.
 */
final class Fr32 {
    /** Payload bytes of one group. */
    static final int IN = 127;
    /** Padded bytes of one group: four leaves. */
    static final int OUT = 128;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long TOP_TWO_CLEARED = -1L >>> 2;

    private Fr32() {}

    /** Pads {@code groups} groups from {@code in} at {@code inAt} to {@code out} at {@code outAt}. */
    static void pad(byte[] in, int inAt, byte[] out, int outAt, int groups) {
        int from = inAt;
        int to = outAt;
        for (int i = 0; i < groups; i++) {
            padGroup(in, from, out, to);
            from += IN;
            to += OUT;
        }
    }

    private static void padGroup(byte[] in, int from, byte[] out, int to) {
        put(out, to, get(in, from));
        put(out, to + 8, get(in, from + 8));
        put(out, to + 16, get(in, from + 16));
        put(out, to + 24, get(in, from + 24) & TOP_TWO_CLEARED);
        leaf(in, from + 31, 6, out, to + 32);
        leaf(in, from + 63, 4, out, to + 64);
        put(out, to + 96, shifted(in, from + 95, 2));
        put(out, to + 104, shifted(in, from + 103, 2));
        put(out, to + 112, shifted(in, from + 111, 2));
        put(out, to + 120, get(in, from + 119) >>> 2);
    }

    private static void leaf(byte[] in, int from, int shift, byte[] out, int to) {
        put(out, to, shifted(in, from, shift));
        put(out, to + 8, shifted(in, from + 8, shift));
        put(out, to + 16, shifted(in, from + 16, shift));
        put(out, to + 24, shifted(in, from + 24, shift) & TOP_TWO_CLEARED);
    }

    private static long shifted(byte[] in, int at, int shift) {
        return get(in, at) >>> shift | (long) in[at + 8] << (64 - shift);
    }

    /** Takes the payload out of {@code padded}, a multiple of 128 bytes. The two zero bits of each leaf are not looked at. */
    static byte[] unpad(byte[] padded) {
        byte[] out = new byte[padded.length / OUT * IN];
        for (int group = 0; group * OUT < padded.length; group++) {
            unpadGroup(padded, group * OUT, out, group * IN);
        }
        return out;
    }

    private static void unpadGroup(byte[] in, int from, byte[] out, int to) {
        for (int bit = 0; bit < IN * 8; bit++) {
            int source = bit / 254 * 256 + bit % 254;
            int value = in[from + source / 8] >> source % 8 & 1;
            out[to + bit / 8] |= (byte) (value << bit % 8);
        }
    }

    private static long get(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    private static void put(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }
}
