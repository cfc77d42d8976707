package dev.pinfold.content.piece;

import java.util.Arrays;

/** Payloads that every implementation can make, and the pieces of them. */
final class Payloads {
    private Payloads() {}

    static byte[] of(String recipe, int size) {
        byte[] bytes = new byte[size];
        switch (recipe) {
            case "zeros" -> {}
            case "ff" -> Arrays.fill(bytes, (byte) 0xff);
            case "cc" -> Arrays.fill(bytes, (byte) 0xcc);
            case "counter251" -> counter(bytes, 251);
            case "counter256" -> counter(bytes, 256);
            case "lcg" -> lcg(bytes);
            default -> throw new IllegalArgumentException("No recipe " + recipe);
        }
        return bytes;
    }

    private static void counter(byte[] bytes, int modulus) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % modulus);
        }
    }

    private static void lcg(byte[] bytes) {
        long x = 1;
        for (int i = 0; i < bytes.length; i++) {
            x = (1_103_515_245L * x + 12_345) & 0x7fff_ffff;
            bytes[i] = (byte) (x >> 16);
        }
    }

    static Piece piece(byte[] payload) {
        PieceHasher hasher = PieceHasher.sequential();
        hasher.update(payload, 0, payload.length);
        return hasher.finish();
    }
}
