package dev.pinfold.broker.cold;

import dev.pinfold.policy.ColdGoal;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealLimits;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.NodeReport;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures behind deals, as configured.
 *
 * @param publicUrl where storage providers fetch pieces, before {@code /piece}
 * @param coinPrice of one coin in the policy's currency; null where nobody says
 * @param workers deals in hand at the same time
 * @param lease how long a claim holds without being extended
 * @param pause between looks for due deals when nobody calls
 */
public record DealSettings(
        Supplier<URI> publicUrl,
        AttoFil maxPerDeal,
        AttoFil maxPerMonth,
        @Nullable BigDecimal coinPrice,
        Duration poll,
        Duration check,
        int mostAttempts,
        int workers,
        Duration lease,
        Duration pause) {
    private static final long EPOCHS_PER_MONTH = 30 * Epoch.PER_DAY;
    private static final int PICOS = 12;
    private static final int ATTOS = 18;
    /** No network has so much. */
    private static final AttoFil ANY = new AttoFil(BigInteger.TEN.pow(36));
    /** With pauses that double up to an hour, about a day. */
    private static final int PATIENCE = 24;
    /** A deal that no chain vouches for may go unheard of for so long. */
    private static final Duration SILENCE = Duration.ofDays(7);

    /**
     * What a policy allows for one deal. Its highest price is per GiB and month in the policy's currency; without the
     * coin's price nothing but free deals is certain to keep to it.
     */
    DealLimits limits(ColdGoal goal) {
        ColdGoal.Deal deal = goal.deal();
        return new DealLimits(
                Set.copyOf(deal.countryCodes()),
                Set.copyOf(deal.trusted()),
                Set.copyOf(deal.excluded()),
                mostPerGiB(goal),
                maxPerDeal,
                maxPerMonth);
    }

    private AttoFil mostPerGiB(ColdGoal goal) {
        var most = goal.deal().maxPricePerGiBMonth();
        if (most == null) {
            return ANY;
        }
        return coinPrice == null
                ? AttoFil.ZERO
                : new AttoFil(BigDecimal.valueOf(most.picos(), PICOS)
                        .movePointRight(ATTOS)
                        .divide(coinPrice.multiply(BigDecimal.valueOf(EPOCHS_PER_MONTH)), 0, RoundingMode.FLOOR)
                        .toBigIntegerExact());
    }

    /**
     * The rules for a deal.
     *
     * @param goal of its class; null where the policy has it no more: then it is watched, and not renewed
     */
    DealDecide.Rules rules(@Nullable ColdGoal goal, NodeReport report) {
        return new DealDecide.Rules(
                poll,
                check,
                report.startBuffer() / 2,
                report.confirmations() + Epoch.PER_DAY,
                Epoch.epochsIn(SILENCE),
                PATIENCE,
                goal != null && goal.deal().renew().enabled(),
                goal == null ? 0 : Epoch.epochsIn(goal.deal().renew().before()),
                mostAttempts);
    }
}
