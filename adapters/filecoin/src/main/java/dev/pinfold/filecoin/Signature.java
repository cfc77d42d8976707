package dev.pinfold.filecoin;

import java.util.Arrays;

/**
 * A signature of a wallet: one byte for its type, then the data.
 *
 * @param marshalled both, as it travels
 */
@SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
record Signature(byte[] marshalled) {
    private static final int SECP256K1 = 1;
    private static final int DELEGATED = 3;
    private static final int MOST_DATA = 200;

    /** A signature of its parts, as {@code WalletSign} gives them. */
    static Signature of(int type, byte[] data) {
        if (type < SECP256K1 || type > DELEGATED || data.length == 0 || data.length > MOST_DATA) {
            throw new IllegalArgumentException("not a signature of a known type");
        }
        byte[] all = new byte[1 + data.length];
        all[0] = (byte) type;
        System.arraycopy(data, 0, all, 1, data.length);
        return new Signature(all);
    }

    @Override
    public String toString() {
        return "Signature[type " + marshalled[0] + ", " + Arrays.hashCode(marshalled) + "]";
    }
}
