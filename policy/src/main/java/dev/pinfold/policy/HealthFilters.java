package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Health rules, the breaker and the operator's state as filters. What was not measured satisfies no health rule. */
final class HealthFilters {
    private HealthFilters() {}

    static List<Filter> of(HealthRule rule, Inventory inventory, PlacementRequest request) {
        List<Filter> filters = new ArrayList<>();
        HealthRule.Evict evict = rule.evict();
        if (evict != null) {
            filters.add(Filter.of("health.evict", p -> evicted(evict, p.health(), inventory.asOf())));
        }
        HealthRule.Admit admit = rule.admit();
        if (admit != null) {
            filters.add(Filter.forNewCopies(
                    "health.admit", p -> notAdmitted(admit, rule.vetting(), p, inventory.asOf(), request)));
        } else if (rule.vetting() != null) {
            HealthRule.Vetting vetting = rule.vetting();
            filters.add(
                    Filter.forNewCopies("health.newProvider", p -> beyondShare(vetting, p, inventory.asOf(), request)));
        }
        filters.add(Filter.forNewCopies(
                "health.breaker", p -> p.health().breaker() == Breaker.OPEN ? "its circuit breaker is open" : null));
        return filters;
    }

    /** The operator's decision about the provider, including the policy's drains that have begun. */
    static Filter state(Policy policy, Inventory inventory) {
        return new Filter() {
            @Override
            public String name() {
                return "state";
            }

            @Override
            public @Nullable String reasonAgainst(ProviderSnapshot candidate, boolean holdsCopy) {
                for (Upkeep.Drain drain : policy.upkeep().drains()) {
                    if (drain.provider().equals(candidate.id())
                            && !inventory.asOf().isBefore(drain.start())) {
                        return "draining: " + drain.reason();
                    }
                }
                return switch (candidate.state()) {
                    case ACTIVE -> null;
                    case CORDONED -> holdsCopy ? null : "cordoned";
                    case DRAINING -> "draining";
                    case SUNSET -> "shut down (sunset)";
                };
            }
        };
    }

    private static @Nullable String evicted(HealthRule.Evict rule, Health health, Instant now) {
        Instant since = health.unhealthySince();
        Duration longest = rule.unhealthyFor();
        if (since != null && longest != null && PriceFilters.older(since, now, longest)) {
            return "unhealthy since " + since;
        }
        if (rule.auditFailures() != null && health.auditFailures() >= rule.auditFailures()) {
            return health.auditFailures() + " audits failed";
        }
        return null;
    }

    private static @Nullable String notAdmitted(
            HealthRule.Admit rule,
            HealthRule.@Nullable Vetting vetting,
            ProviderSnapshot provider,
            Instant now,
            PlacementRequest request) {
        Health health = provider.health();
        if (health.consecutiveFailures() > rule.maxConsecutiveFailures()) {
            return health.consecutiveFailures() + " failures in a row, at most " + rule.maxConsecutiveFailures()
                    + " are tolerated";
        }
        Double rate = health.successRate();
        boolean unproven = rate == null || health.samples() < rule.minSamples();
        if (vetting != null && (unproven || isNew(vetting, provider, now))) {
            return beyondShare(vetting, provider, now, request, unproven);
        }
        if (rate == null) {
            return "its success rate is unknown";
        }
        if (health.samples() < rule.minSamples()) {
            return "only " + health.samples() + " samples, " + rule.minSamples() + " are needed";
        }
        if (rate < rule.successRate().asDouble()) {
            return "success rate " + rate + " is below " + rule.successRate().asDouble();
        }
        return null;
    }

    private static @Nullable String beyondShare(
            HealthRule.Vetting vetting, ProviderSnapshot provider, Instant now, PlacementRequest request) {
        return beyondShare(vetting, provider, now, request, false);
    }

    private static @Nullable String beyondShare(
            HealthRule.Vetting vetting,
            ProviderSnapshot provider,
            Instant now,
            PlacementRequest request,
            boolean unproven) {
        boolean limited = unproven || isNew(vetting, provider, now);
        return !limited || Rendezvous.inShare(request.cid(), provider.id(), vetting.maxShare())
                ? null
                : "new provider: it takes " + vetting.maxShare() + " of pins until it is proven";
    }

    private static boolean isNew(HealthRule.Vetting vetting, ProviderSnapshot provider, Instant now) {
        Instant added = provider.addedAt();
        boolean young = vetting.untilDays() > 0
                && added != null
                && !PriceFilters.older(added, now, Duration.ofDays(vetting.untilDays()));
        return young || provider.usage().pins() < vetting.untilPins();
    }
}
