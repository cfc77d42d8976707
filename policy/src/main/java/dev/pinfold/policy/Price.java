package dev.pinfold.policy;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a provider charges. Amounts are in {@code currency}; per GiB means 2<sup>30</sup> bytes.
 *
 * @param storagePerGiBMonth stored GiB per month
 * @param egressPerGiB read GiB; null when the provider does not say
 * @param perPin each pin per month
 * @param fixedMonthly the plan's fee, owed as soon as the provider holds anything of ours
 * @param currency ISO code or coin label, for example {@code USD}
 * @param asOf when somebody last looked; null when nobody wrote it down
 * @param previous the price before the last change, for the gouging guard; null when unknown
 */
public record Price(
        Money storagePerGiBMonth,
        @Nullable Money egressPerGiB,
        Money perPin,
        Money fixedMonthly,
        String currency,
        @Nullable Instant asOf,
        @Nullable Previous previous) {

    /**
     * An earlier storage price.
     *
     * @param storagePerGiBMonth what it was
     * @param asOf until when it was so
     */
    public record Previous(Money storagePerGiBMonth, Instant asOf) {}

    /** A plain storage price in USD without further fees. */
    public static Price storage(String perGiBMonth) {
        return new Price(Money.of(perGiBMonth), null, Money.ZERO, Money.ZERO, "USD", null, null);
    }

    /** The same price in another currency, at {@code rate} units of it per unit of this one. */
    Price convertedTo(String target, Money rate) {
        return new Price(
                storagePerGiBMonth.converted(rate),
                egressPerGiB == null ? null : egressPerGiB.converted(rate),
                perPin.converted(rate),
                fixedMonthly.converted(rate),
                target,
                asOf,
                previous == null
                        ? null
                        : new Previous(previous.storagePerGiBMonth().converted(rate), previous.asOf()));
    }
}
