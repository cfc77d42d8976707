package dev.pinfold.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An exact share such as {@code 15%} or {@code 0.98}, in millionths.
 *
 * @param millionths the share times one million
 */
public record Ratio(long millionths) implements Comparable<Ratio> {
    /** No share at all. */
    public static final Ratio ZERO = new Ratio(0);

    /** The whole. */
    public static final Ratio ONE = new Ratio(1_000_000);

    /**
     * Reads {@code "15%"} or {@code "0.15"}.
     *
     * @throws NumberFormatException if it is neither, or has more than six decimal places
     */
    public static Ratio of(String text) {
        boolean percent = text.endsWith("%");
        String number = percent ? text.substring(0, text.length() - 1).strip() : text;
        if (number.length() > 24 || number.indexOf('e') >= 0 || number.indexOf('E') >= 0) {
            throw new NumberFormatException("not a share such as 15% or 0.15: " + text);
        }
        BigDecimal value = new BigDecimal(number).movePointRight(percent ? 4 : 6);
        try {
            return new Ratio(value.setScale(0, RoundingMode.UNNECESSARY).longValueExact());
        } catch (ArithmeticException e) {
            NumberFormatException refused =
                    new NumberFormatException("a share has at most six decimal places: " + text);
            refused.initCause(e);
            throw refused;
        }
    }

    /** Percent of the whole, for people and estimates. */
    public double asDouble() {
        return millionths / 1e6;
    }

    @Override
    public int compareTo(Ratio other) {
        return Long.compare(millionths, other.millionths);
    }

    /** The share in percent, for example {@code 15%}. */
    @Override
    public String toString() {
        BigDecimal percent = BigDecimal.valueOf(millionths, 4).stripTrailingZeros();
        return percent.toPlainString() + "%";
    }
}
