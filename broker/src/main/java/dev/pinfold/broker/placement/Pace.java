package dev.pinfold.broker.placement;

import dev.pinfold.policy.Upkeep;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much may be repaired or moved at once, by the {@code repair.rate} of a policy. Counts what it lets begin. */
final class Pace {
    private final Upkeep.Repair rule;
    private final Map<String, Long> into;
    private long underWay;
    private long bytes;

    /**
     * The pace where something is under way already.
     *
     * @param underWay contents or pins that are being repaired or moved
     * @param bytes of those that began within a day
     * @param into copies on their way, by provider
     */
    Pace(Upkeep.Repair rule, long underWay, long bytes, Map<String, Long> into) {
        this.rule = rule;
        this.underWay = underWay;
        this.bytes = bytes;
        this.into = new HashMap<>(into);
    }

    /** Why one more has to wait; null where it may begin, which then counts. */
    @Nullable
    String begin(Collection<String> providers, long size) {
        String limit = limit(providers, size);
        if (limit == null) {
            underWay++;
            bytes += size;
            providers.forEach(p -> into.merge(p, 1L, Long::sum));
        }
        return limit;
    }

    private @Nullable String limit(Collection<String> providers, long size) {
        if (underWay >= rule.maxConcurrent()) {
            return "repair.rate.maxConcurrent: " + rule.maxConcurrent();
        }
        for (String provider : providers) {
            if (into.getOrDefault(provider, 0L) >= rule.perProvider()) {
                return "repair.rate.perProvider: " + rule.perProvider() + ", into " + provider;
            }
        }
        // The first of a day may be larger than the day's share: otherwise it would wait for ever.
        return bytes > 0 && bytes + size > rule.maxBytesPerDay()
                ? "repair.rate.maxBytesPerDay: " + rule.maxBytesPerDay()
                : null;
    }
}
