package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies of a class, or of the world, with one thing changed: what the conflict search asks "what if" with. */
final class Classes {
    private Classes() {}

    static PlacementClass withConstraints(PlacementClass c, List<Constraint> constraints) {
        return copy(c, constraints, c.spread(), c.survive(), c.health(), c.price());
    }

    static PlacementClass withSpread(PlacementClass c, List<Spread> spread) {
        return copy(c, c.constraints(), spread, c.survive(), c.health(), c.price());
    }

    static PlacementClass withSurvival(PlacementClass c, List<Survival> survive) {
        return copy(c, c.constraints(), c.spread(), survive, c.health(), c.price());
    }

    static PlacementClass with(PlacementClass c, HealthRule health) {
        return copy(c, c.constraints(), c.spread(), c.survive(), health, c.price());
    }

    static PlacementClass with(PlacementClass c, PriceRule price) {
        return copy(c, c.constraints(), c.spread(), c.survive(), c.health(), price);
    }

    static Inventory uncordoned(Inventory inventory, ProviderSnapshot provider) {
        List<ProviderSnapshot> changed = new ArrayList<>(inventory.providers());
        changed.replaceAll(p -> p.equals(provider) ? p.withState(ProviderState.ACTIVE) : p);
        return Inventory.of(inventory.asOf(), changed, inventory.fxRates());
    }

    /** The list with one element replaced, or left out when {@code replacement} is null. */
    static <T> List<T> replaced(List<T> list, T old, @Nullable T replacement) {
        List<T> changed = new ArrayList<>();
        for (T element : list) {
            if (!element.equals(old)) {
                changed.add(element);
            } else if (replacement != null) {
                changed.add(replacement);
            }
        }
        return changed;
    }

    private static PlacementClass copy(
            PlacementClass c,
            List<Constraint> constraints,
            List<Spread> spread,
            List<Survival> survive,
            HealthRule health,
            PriceRule price) {
        return new PlacementClass(
                c.name(),
                c.hot(),
                constraints,
                spread,
                survive,
                c.prefer(),
                c.costBand(),
                health,
                price,
                c.cold(),
                c.retrieval(),
                c.repairable());
    }
}
