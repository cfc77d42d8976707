package dev.pinfold.spi.deal;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * An amount of the network's coin, exact, in its smallest unit: 10^18 of them are one coin (FIL; a fork may call it
 * otherwise). Never negative. Source: Lotus writes amounts as decimal texts in this unit.
 *
 * @param value the amount
 */
public record AttoFil(BigInteger value) implements Comparable<AttoFil> {
    /** Nothing. */
    public static final AttoFil ZERO = new AttoFil(BigInteger.ZERO);

    private static final int DECIMALS = 18;
    private static final int LONGEST = 40;

    public AttoFil {
        if (value.signum() < 0) {
            throw new IllegalArgumentException("an amount is not negative: " + value);
        }
    }

    public static AttoFil of(long atto) {
        return new AttoFil(BigInteger.valueOf(atto));
    }

    /** Reads a decimal text in the smallest unit. Throws {@link IllegalArgumentException} where it is none. */
    public static AttoFil parse(String text) {
        if (!text.matches("[0-9]{1," + LONGEST + "}")) {
            throw new IllegalArgumentException("an amount is 1..40 decimal digits of the smallest unit");
        }
        return new AttoFil(new BigInteger(text));
    }

    /** Reads an amount in whole coins with up to 18 decimals, such as {@code 0.05}. */
    public static AttoFil ofCoins(String text) {
        if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,18})?")) {
            throw new IllegalArgumentException("an amount in coins looks like 0.05, with at most 18 decimals");
        }
        return new AttoFil(new BigDecimal(text).movePointRight(DECIMALS).toBigIntegerExact());
    }

    public AttoFil plus(AttoFil other) {
        return new AttoFil(value.add(other.value));
    }

    /** What is left, nothing where {@code other} is more. */
    public AttoFil minusOrZero(AttoFil other) {
        return new AttoFil(value.subtract(other.value).max(BigInteger.ZERO));
    }

    public AttoFil times(long factor) {
        return new AttoFil(value.multiply(BigInteger.valueOf(factor)));
    }

    /** This times {@code numerator} / {@code denominator}, rounded up to a whole unit. */
    public AttoFil timesRoundedUp(long numerator, long denominator) {
        BigInteger[] parts =
                value.multiply(BigInteger.valueOf(numerator)).divideAndRemainder(BigInteger.valueOf(denominator));
        return new AttoFil(parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE));
    }

    public boolean isZero() {
        return value.signum() == 0;
    }

    public boolean isMoreThan(AttoFil other) {
        return value.compareTo(other.value) > 0;
    }

    /** Whole coins, exact, without trailing zeros: {@code 0.0000000016 FIL}. */
    public String inCoins(String coin) {
        return new BigDecimal(value, DECIMALS).stripTrailingZeros().toPlainString() + " " + coin;
    }

    @Override
    public int compareTo(AttoFil other) {
        return value.compareTo(other.value);
    }

    /** Decimal digits, as Lotus writes it. */
    @Override
    public String toString() {
        return value.toString();
    }
}
