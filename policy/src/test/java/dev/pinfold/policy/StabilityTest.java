package dev.pinfold.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Equal choices spread evenly, and a provider that leaves moves only what it held. */
class StabilityTest {
    private static final int PINS = 4_000;

    private final PlacementEngine engine = new PlacementEngine();
    private final Policy policy = RandomWorlds.single(RandomWorlds.plain(
            new HotGoal(3, 3, 3, HotGoal.Ack.CLAIMED, 1), List.of(new Spread("region", 1, 1, true, 1)), null));

    private static Inventory twelve() {
        List<ProviderSnapshot> providers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            providers.add(ProviderSnapshot.of(
                    "p" + i,
                    Tier.HOT,
                    Map.of("region", "r" + i % 6, "org", "o" + i),
                    Set.of(),
                    Limits.NONE,
                    Price.storage("0.02"),
                    Health.UNKNOWN,
                    new Usage(1, 1),
                    ProviderState.ACTIVE));
        }
        return Inventory.of(RandomWorlds.NOW, providers);
    }

    private static PlacementRequest pin(int i) {
        return PlacementRequest.of("t", "n", "bafy" + i, 1L << 20);
    }

    @Test
    void removing_one_of_twelve_providers_moves_only_its_own_share() {
        Inventory whole = twelve();
        Inventory eleven = whole.keeping(p -> !p.id().equals("p5"));
        long held = 0;
        long moved = 0;
        Map<String, Integer> load = new HashMap<>();
        for (int i = 0; i < PINS; i++) {
            List<String> before =
                    engine.plan(policy, whole, pin(i)).providers(Tier.HOT).toList();
            List<String> after =
                    engine.plan(policy, eleven, pin(i)).providers(Tier.HOT).toList();
            before.forEach(id -> load.merge(id, 1, Integer::sum));
            held += before.contains("p5") ? 1 : 0;
            moved += after.stream().filter(id -> !before.contains(id)).count();
        }
        System.out.println("p5 held " + held + " of " + 3 * PINS + " copies, " + moved + " moved");
        assertThat((double) moved / held).isBetween(0.98, 1.02);
        assertThat(load.values()).allMatch(n -> n > PINS / 4 * 0.85 && n < PINS / 4 * 1.15);
    }

    @Test
    void with_its_copies_known_a_pin_keeps_every_one_that_is_still_there() {
        Inventory eleven = twelve().keeping(p -> !p.id().equals("p5"));
        for (int i = 0; i < 500; i++) {
            List<String> before =
                    engine.plan(policy, twelve(), pin(i)).providers(Tier.HOT).toList();
            Plan after = engine.plan(policy, eleven, pin(i).withExisting(before));
            assertThat(after.movement().kept())
                    .containsExactlyElementsOf(
                            before.stream().filter(id -> !id.equals("p5")).toList());
        }
    }
}
