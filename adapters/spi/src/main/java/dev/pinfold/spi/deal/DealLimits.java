package dev.pinfold.spi.deal;

import java.util.Set;

/**
 * What a policy allows for one deal.
 *
 * @param countries where storage providers may be, two capital letters each; empty: anywhere, unknown included
 * @param trusted the only storage providers that may be used; empty: any
 * @param excluded storage providers that are never used, trusted or not
 * @param mostPerGiB the highest price per GiB and epoch
 * @param mostPerDeal the most that one deal may cost in all
 * @param mostPerMonth the most that all deals of one month may cost in all
 */
public record DealLimits(
        Set<String> countries,
        Set<String> trusted,
        Set<String> excluded,
        AttoFil mostPerGiB,
        AttoFil mostPerDeal,
        AttoFil mostPerMonth) {
    public DealLimits {
        countries = Set.copyOf(countries);
        trusted = Set.copyOf(trusted);
        excluded = Set.copyOf(excluded);
    }
}
