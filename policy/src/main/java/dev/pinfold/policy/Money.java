package dev.pinfold.policy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * An exact amount of the policy's currency, counted in picos (10<sup>-12</sup> of the unit) so that the price of a
 * one-kilobyte pin is still a number. Range ±9.2 million units; arithmetic beyond it throws {@link ArithmeticException}
 * and never wraps.
 *
 * @param picos the amount in 10<sup>-12</sup> of the currency unit
 */
public record Money(long picos) implements Comparable<Money> {
    /** Decimal places that an amount can carry. */
    public static final int SCALE = 12;

    /** Nothing. */
    public static final Money ZERO = new Money(0);

    private static final BigInteger BYTES_PER_GIB = BigInteger.ONE.shiftLeft(30);
    private static final BigInteger BEFORE_SHIFT = BYTES_PER_GIB.subtract(BigInteger.ONE);

    /**
     * Reads a plain decimal such as {@code "0.08"}.
     *
     * @throws NumberFormatException if the text is no decimal number, has an exponent, more than 12 decimal places, or
     *     lies outside ±9.2 million
     */
    public static Money of(String decimal) {
        if (decimal.length() > 32 || decimal.indexOf('e') >= 0 || decimal.indexOf('E') >= 0) {
            throw new NumberFormatException("not a plain decimal amount: " + decimal);
        }
        try {
            return new Money(new BigDecimal(decimal)
                    .setScale(SCALE, RoundingMode.UNNECESSARY)
                    .unscaledValue()
                    .longValueExact());
        } catch (ArithmeticException e) {
            NumberFormatException refused = new NumberFormatException(
                    "an amount has at most 12 decimal places and is at most 9200000: " + decimal);
            refused.initCause(e);
            throw refused;
        }
    }

    /** The sum. */
    public Money plus(Money other) {
        return new Money(Math.addExact(picos, other.picos));
    }

    /** The difference; may be negative. */
    public Money minus(Money other) {
        return new Money(Math.subtractExact(picos, other.picos));
    }

    /** This price per GiB for that many bytes, rounded up to the next pico. */
    public Money perGiBTimes(long bytes) {
        return exact(BigInteger.valueOf(picos)
                .multiply(BigInteger.valueOf(bytes))
                .add(BEFORE_SHIFT)
                .shiftRight(30));
    }

    /** This amount times an exact ratio, rounded down. */
    public Money times(Ratio ratio) {
        return exact(BigInteger.valueOf(picos)
                .multiply(BigInteger.valueOf(ratio.millionths()))
                .divide(BigInteger.valueOf(1_000_000)));
    }

    /** This amount of a foreign currency at {@code rate} units of our currency each, rounded up. */
    public Money converted(Money rate) {
        BigInteger one = BigInteger.TEN.pow(SCALE);
        return exact(BigInteger.valueOf(picos)
                .multiply(BigInteger.valueOf(rate.picos))
                .add(one.subtract(BigInteger.ONE))
                .divide(one));
    }

    /** True for amounts above zero. */
    public boolean isPositive() {
        return picos > 0;
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(picos, other.picos);
    }

    /** Plain decimal without trailing zeros, for example {@code 0.16}. */
    @Override
    public String toString() {
        if (picos == 0) {
            return "0";
        }
        return BigDecimal.valueOf(picos, SCALE).stripTrailingZeros().toPlainString();
    }

    private static Money exact(BigInteger picos) {
        return new Money(picos.longValueExact());
    }
}
