package dev.pinfold.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Random small inventories and classes, from a seed. */
final class RandomWorlds {
    static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final List<String> LEVELS = List.of("region", "org", "backing");

    final Random random;

    RandomWorlds(long seed) {
        random = new Random(seed);
    }

    /** One case: policy, inventory, request. */
    record Case(Policy policy, Inventory inventory, PlacementRequest request) {}

    Case next(int leastProviders, int mostProviders, int mostCopies) {
        int providers = leastProviders + random.nextInt(mostProviders - leastProviders + 1);
        int target = 1 + random.nextInt(mostCopies);
        int min = 1 + random.nextInt(target);
        Policy policy = policy(min, target);
        Inventory inventory = inventory(providers);
        return new Case(policy, inventory, request(inventory));
    }

    private PlacementRequest request(Inventory inventory) {
        List<String> existing = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            inventory.providers().stream()
                    .filter(p -> random.nextInt(4) == 0)
                    .limit(4)
                    .forEach(p -> existing.add(p.id()));
        }
        Long size = random.nextInt(10) == 0 ? null : (long) random.nextInt(1 << 30) * (1 + random.nextInt(8));
        return PlacementRequest.of("t", "n", "bafy" + random.nextInt(), size).withExisting(existing);
    }

    Inventory inventory(int count) {
        List<ProviderSnapshot> providers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            providers.add(provider("p" + i));
        }
        Collections.shuffle(providers, random);
        return Inventory.of(NOW, providers);
    }

    ProviderSnapshot provider(String id) {
        Map<String, String> labels = new TreeMap<>();
        for (String level : LEVELS) {
            if (random.nextInt(10) > 0) {
                labels.put(level, level.charAt(0) + "" + random.nextInt(4));
            }
        }
        if (random.nextInt(8) > 0) {
            labels.put("jurisdiction", random.nextBoolean() ? "EU" : "US");
        }
        Price price = random.nextInt(15) == 0 ? null : price();
        Health health = random.nextInt(5) == 0
                ? Health.UNKNOWN
                : Health.of(0.9 + random.nextInt(100) / 1000.0, 100 + random.nextInt(900));
        Limits limits = random.nextInt(4) == 0 ? new Limits(2L << 30, 50L) : Limits.NONE;
        ProviderState[] states = ProviderState.values();
        ProviderState state = random.nextInt(6) == 0 ? states[random.nextInt(states.length)] : ProviderState.ACTIVE;
        Usage usage = random.nextInt(3) == 0 ? Usage.EMPTY : new Usage(random.nextInt(60), 1);
        return ProviderSnapshot.of(id, Tier.HOT, labels, Set.of("status"), limits, price, health, usage, state);
    }

    private Price price() {
        Money storage = new Money((long) (Math.exp(random.nextGaussian() * 0.8) * 20_000_000_000L));
        Money perPin = random.nextInt(5) == 0 ? Money.of("0.001") : Money.ZERO;
        Money fixed = random.nextInt(5) == 0 ? Money.of("0.05") : Money.ZERO;
        return new Price(storage, null, perPin, fixed, "USD", null, null);
    }

    private Policy policy(int min, int target) {
        List<Constraint> constraints = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            constraints.add(
                    new Constraint.Residency("eu", new TreeMap<>(Map.of("jurisdiction", new TreeSet<>(Set.of("EU"))))));
        }
        if (random.nextInt(3) == 0) {
            constraints.add(new Constraint.Exclude(
                    "not-o1",
                    new TreeSet<>(Set.of("p0")),
                    new TreeMap<>(Map.of("org", new TreeSet<>(Set.of("o1")))),
                    new TreeSet<>()));
        }
        List<Spread> spreads = new ArrayList<>();
        for (String level : LEVELS) {
            if (random.nextInt(3) == 0) {
                Integer max = random.nextInt(4) == 0 ? null : 1 + random.nextInt(2);
                int domains = 1 + random.nextInt(target);
                spreads.add(new Spread(level, domains, max, random.nextInt(4) > 0, 1 + random.nextInt(20)));
            }
        }
        List<Survival> goals = new ArrayList<>();
        if (target > 1 && random.nextInt(4) == 0) {
            goals.add(new Survival("org", 1, 1 + random.nextInt(target - 1)));
        }
        List<Preference> wishes = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            wishes.add(new Preference.Label("region", "r1", 1 + random.nextInt(50)));
        }
        return single(new PlacementClass(
                "c",
                new HotGoal(min, target, target + random.nextInt(2), HotGoal.Ack.CLAIMED, 1),
                constraints,
                spreads,
                goals,
                wishes,
                new Ratio(random.nextInt(4) * 20_000L),
                random.nextInt(3) > 0
                        ? HealthRule.NONE
                        : new HealthRule(new HealthRule.Admit(Ratio.of("0.95"), Duration.ofDays(1), 50, 3), null, null),
                random.nextInt(3) > 0
                        ? PriceRule.NONE
                        : new PriceRule(new PriceRule.Ceiling(Money.of("0.03"), null, false), null),
                null,
                RetrievalRule.DEFAULT,
                true));
    }

    /** A policy of one class for every pin. */
    static Policy single(PlacementClass placementClass) {
        return policy(placementClass, Policy.UnknownLabel.REJECT, Policy.WhenUnsatisfiable.DEGRADE);
    }

    static Policy policy(
            PlacementClass placementClass, Policy.UnknownLabel unknownLabel, Policy.WhenUnsatisfiable when) {
        TreeMap<String, PlacementClass> classes = new TreeMap<>();
        classes.put(placementClass.name(), placementClass);
        Rule everything = new Rule(
                "all",
                Match.EVERYTHING,
                placementClass.name(),
                MetaOverrides.NONE,
                Retention.UNTIL_DELETED,
                Priority.NORMAL);
        return new Policy(
                "random",
                1,
                "USD",
                unknownLabel,
                when,
                1L << 30,
                Duration.ofDays(90),
                Duration.ofDays(1),
                classes,
                List.of(everything),
                List.of(),
                Upkeep.DEFAULT,
                DurabilityModel.CAUTIOUS);
    }

    /** A class with only numbers and spreads. */
    static PlacementClass plain(HotGoal goal, List<Spread> spreads, @Nullable ColdGoal cold) {
        return new PlacementClass(
                "c",
                goal,
                List.of(),
                spreads,
                List.of(),
                List.of(),
                Ratio.of("2%"),
                HealthRule.NONE,
                PriceRule.NONE,
                cold,
                RetrievalRule.DEFAULT,
                true);
    }
}
