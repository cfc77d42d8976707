package dev.pinfold.spi.deal;

/**
 * Why a storage provider cannot be given a deal.
 *
 * @param constraint which rule it breaks
 * @param reason what was wanted and what was found, in one line
 */
public record DealObjection(Constraint constraint, String reason) {
    /** The rules, in the order in which they are checked. */
    public enum Constraint {
        EXCLUDED,
        NOT_TRUSTED,
        DISTINCT,
        MODE,
        POWER,
        COUNTRY,
        PIECE_SIZE,
        PRICE,
        SPEND_PER_DEAL,
        SPEND_PER_MONTH,
        FUNDS,
        DATACAP
    }
}
