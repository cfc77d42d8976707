package dev.pinfold.policy;

import java.math.BigInteger;

/** Whether a saving is worth a move. */
final class RebalanceMath {
    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
    private static final BigInteger SECONDS_PER_MONTH = BigInteger.valueOf(30L * 86_400);

    private RebalanceMath() {}

    /**
     * True when the saving is at least the policy's share of the present cost and pays for the move in time.
     *
     * @param rule the hysteresis
     * @param present what the present set costs per month
     * @param saving what the cheaper set saves per month
     * @param move what moving costs once
     */
    static boolean passesHysteresis(Upkeep.Rebalance rule, Money present, Money saving, Money move) {
        BigInteger saved = BigInteger.valueOf(saving.picos()).multiply(MILLION);
        BigInteger asked = BigInteger.valueOf(present.picos())
                .multiply(BigInteger.valueOf(rule.minSaving().millionths()));
        BigInteger paidBack = BigInteger.valueOf(saving.picos())
                .multiply(BigInteger.valueOf(rule.paybackWithin().toSeconds()));
        BigInteger owed = BigInteger.valueOf(move.picos()).multiply(SECONDS_PER_MONTH);
        return saved.compareTo(asked) >= 0 && paidBack.compareTo(owed) >= 0;
    }
}
