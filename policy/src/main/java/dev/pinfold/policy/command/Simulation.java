package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Tier;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Places a stream of requests and adds up what happens: where copies go and what they cost; what a loss takes and whether
 * it can be repaired; how much data wandering prices would move in some months. One request is in memory at a time.
 */
public final class Simulation {
    private final PlacementEngine engine;
    private final Policy policy;
    private final Inventory world;
    private final Options options;
    private final Inventory afterLoss;
    private final PriceNoise noise;
    private final SortedMap<String, Held> providers = new TreeMap<>();
    private final SortedMap<String, Long> refusals = new TreeMap<>();
    private long pins;
    private long placed;
    private long degraded;
    private Money cost = Money.ZERO;
    private long affected;
    private long belowMin;
    private long noneLeft;
    private long unrepairable;
    private long repairBytes;

    /**
     * What is simulated besides the placement.
     *
     * @param failLabel label whose value is lost, or {@code provider}; null loses nothing
     * @param failValue the value that is lost; null loses nothing
     * @param months months over which prices wander; 0 for none
     * @param priceNoise largest monthly change of a price, up or down
     * @param seed seed of the wandering
     */
    public record Options(
            @Nullable String failLabel, @Nullable String failValue, int months, Ratio priceNoise, long seed) {
        /** Only the placement. */
        public static final Options NONE = new Options(null, null, 0, Ratio.ZERO, 1);

        /** The loss of everything under one label value; {@code provider=x} for one provider. */
        public static Options losing(String label, String value) {
            return new Options(label, value, 0, Ratio.ZERO, 1);
        }

        /** Prices that change by up to that share, up or down, every month. */
        public static Options wandering(int months, Ratio noise, long seed) {
            return new Options(null, null, months, noise, seed);
        }
    }

    private static final class Held {
        private long copies;
        private long bytes;
        private Money monthly = Money.ZERO;
    }

    Simulation(PlacementEngine engine, Policy policy, Inventory world, Options options) {
        this.engine = engine;
        this.policy = policy;
        this.world = world;
        this.options = options;
        this.afterLoss = world.keeping(p -> !isLost(p));
        this.noise = new PriceNoise(engine, policy, world, options);
    }

    Outcome run(Iterator<String> requests) {
        RequestLines.forEach(requests, this::one);
        int exit = placed < pins || unrepairable > 0 || noneLeft > 0 ? Outcome.NO : Outcome.DONE;
        return Outcome.of(exit, human(), json());
    }

    private boolean isLost(ProviderSnapshot provider) {
        return options.failLabel() != null
                && options.failValue() != null
                && Losses.hits(provider, options.failLabel(), options.failValue());
    }

    private void one(PlacementRequest request) {
        pins++;
        Plan plan = engine.plan(policy, world, request);
        if (!plan.feasible()) {
            refusals.merge(plan.decisionReason(), 1L, Long::sum);
            return;
        }
        placed++;
        degraded += plan.providers(Tier.HOT).count() < plan.hot().target() ? 1 : 0;
        cost = cost.plus(plan.totalMonthlyCost());
        long bytes = bytes(request);
        for (Plan.Chosen chosen : plan.chosen()) {
            Held held = providers.computeIfAbsent(chosen.provider(), id -> new Held());
            held.copies++;
            held.bytes += bytes;
            held.monthly = held.monthly.plus(chosen.monthlyCost());
        }
        if (options.failLabel() != null) {
            lose(request, plan, bytes);
        }
        if (options.months() > 0) {
            noise.live(request, plan, bytes);
        }
    }

    private void lose(PlacementRequest request, Plan plan, long bytes) {
        List<String> left = plan.chosen().stream()
                .map(Plan.Chosen::provider)
                .filter(id -> afterLoss.provider(id).isPresent())
                .toList();
        if (left.size() == plan.chosen().size()) {
            return;
        }
        affected++;
        long hotLeft = plan.providers(Tier.HOT).filter(left::contains).count();
        belowMin += hotLeft < plan.hot().min() ? 1 : 0;
        noneLeft += left.isEmpty() ? 1 : 0;
        Plan repaired =
                engine.plan(policy, afterLoss, request.withExisting(left).withRebalance(false));
        unrepairable += repaired.feasible() ? 0 : 1;
        repairBytes += bytes * repaired.movement().added().size();
    }

    private long bytes(PlacementRequest request) {
        Long size = request.sizeBytes();
        return size == null ? policy.assumedSize() : size;
    }

    private Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pins", pins);
        json.put("placed", placed);
        json.put("degraded", degraded);
        json.put("refused", refusals);
        json.put("totalMonthlyCost", cost.toString());
        Map<String, Object> held = new LinkedHashMap<>();
        providers.forEach((id, h) -> held.put(
                id, PlanJson.object("copies", h.copies, "bytes", h.bytes, "monthlyCost", h.monthly.toString())));
        json.put("providers", held);
        if (options.failLabel() != null) {
            json.put(
                    "loss",
                    PlanJson.object(
                            "fail", options.failLabel() + "=" + options.failValue(),
                            "affected", affected,
                            "belowMin", belowMin,
                            "noCopyLeft", noneLeft,
                            "notRepairable", unrepairable,
                            "repairBytes", repairBytes));
        }
        if (options.months() > 0) {
            json.put("priceNoise", noise.json());
        }
        return json;
    }

    private String human() {
        StringBuilder text = new StringBuilder();
        text.append(placed).append(" of ").append(pins).append(" pins placed, ").append(degraded);
        text.append(" below target, ").append(cost).append(" a month\n");
        refusals.forEach((reason, count) -> text.append("  refused by ")
                .append(reason)
                .append(": ")
                .append(count)
                .append('\n'));
        providers.forEach((id, h) -> text.append("  ")
                .append(id)
                .append("  ")
                .append(h.copies)
                .append(" copies  ")
                .append(h.bytes)
                .append(" bytes  ")
                .append(h.monthly)
                .append(" a month\n"));
        if (options.failLabel() != null) {
            text.append("losing ").append(options.failLabel()).append('=').append(options.failValue());
            text.append(": ")
                    .append(affected)
                    .append(" pins affected, ")
                    .append(belowMin)
                    .append(" below min, ");
            text.append(noneLeft)
                    .append(" without any copy, ")
                    .append(unrepairable)
                    .append(" not repairable, ");
            text.append(repairBytes).append(" bytes to copy\n");
        }
        if (options.months() > 0) {
            text.append(noise.human());
        }
        return text.toString();
    }
}
