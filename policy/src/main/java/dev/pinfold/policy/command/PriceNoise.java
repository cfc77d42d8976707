package dev.pinfold.policy.command;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementEngine;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Price;
import dev.pinfold.policy.ProviderSnapshot;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Lets storage prices wander month by month and re-plans every pin, once with the policy's hysteresis and once without,
 * to show how much data each moves. The wandering is drawn from a seed, so a simulation can be repeated.
 */
final class PriceNoise {
    private final PlacementEngine engine;
    private final Policy calm;
    private final Policy nervous;
    private final int months;
    private final List<Inventory> worlds = new ArrayList<>();
    private long storedBytes;
    private long movedCalm;
    private long movedNervous;

    PriceNoise(PlacementEngine engine, Policy policy, Inventory world, Simulation.Options options) {
        this.engine = engine;
        this.calm = policy;
        this.nervous = withoutHysteresis(policy);
        this.months = options.months();
        SplittableRandom random = new SplittableRandom(options.seed());
        Inventory now = world;
        for (int month = 0; month < months; month++) {
            now = nextMonth(now, options.priceNoise(), random);
            worlds.add(now);
        }
    }

    void live(PlacementRequest request, Plan first, long bytes) {
        storedBytes += bytes * first.chosen().size();
        movedCalm += bytes * copiesMoved(calm, request, first);
        movedNervous += bytes * copiesMoved(nervous, request, first);
    }

    private long copiesMoved(Policy policy, PlacementRequest request, Plan first) {
        Plan present = first;
        long moved = 0;
        for (Inventory world : worlds) {
            List<String> held =
                    present.chosen().stream().map(Plan.Chosen::provider).toList();
            Plan next = engine.plan(policy, world, request.withExisting(held));
            if (next.feasible()) {
                moved += next.movement().added().size();
                present = next;
            }
        }
        return moved;
    }

    Map<String, Object> json() {
        return PlanJson.object(
                "months", months,
                "storedBytes", storedBytes,
                "movedBytes", movedCalm,
                "movedShare", share(movedCalm),
                "movedShareWithoutHysteresis", share(movedNervous));
    }

    String human() {
        return months + " months of wandering prices move " + share(movedCalm) + " of the data, without hysteresis "
                + share(movedNervous) + "\n";
    }

    private double share(long moved) {
        return storedBytes == 0 ? 0 : Math.rint(1000.0 * moved / storedBytes) / 1000;
    }

    private static Inventory nextMonth(Inventory world, Ratio noise, SplittableRandom random) {
        List<ProviderSnapshot> next = new ArrayList<>();
        for (ProviderSnapshot provider : world.providers()) {
            long step = random.nextLong(-noise.millionths(), noise.millionths() + 1);
            Price price = provider.price();
            next.add(price == null ? provider : provider.withPrice(changed(price, step)));
        }
        return Inventory.of(world.asOf().plus(Duration.ofDays(30)), next, world.fxRates());
    }

    private static Price changed(Price price, long millionths) {
        Money storage = price.storagePerGiBMonth();
        Money difference = storage.times(new Ratio(Math.abs(millionths)));
        return new Price(
                millionths < 0 ? storage.minus(difference) : storage.plus(difference),
                price.egressPerGiB(),
                price.perPin(),
                price.fixedMonthly(),
                price.currency(),
                price.asOf(),
                price.previous());
    }

    private static Policy withoutHysteresis(Policy policy) {
        Upkeep upkeep = policy.upkeep();
        Upkeep.Rebalance eager =
                new Upkeep.Rebalance(true, Ratio.ZERO, Duration.ofDays(36_500), Duration.ZERO, Ratio.ONE);
        return policy.withUpkeep(new Upkeep(upkeep.repair(), eager, upkeep.drains(), upkeep.audit(), upkeep.rollout()));
    }
}
