package dev.pinfold.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Time of one decision. Budget: 0.1 ms for 20 providers and 3 copies, 5 ms for 200 providers with three spread levels.
 * The reference tries every set of the 20 providers. Run it, from the root, on a quiet machine:
 *
 * <pre>{@code
 * mvn -q -pl policy test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -Dmdep.includeScope=test
 * java -cp policy/target/test-classes:policy/target/classes:$(cat policy/target/cp) dev.pinfold.policy.DecisionBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {
    private final PlacementEngine engine = new PlacementEngine();
    private Policy policy = policy();
    private Inventory twenty = world(20);
    private Inventory twoHundred = world(200);
    private int next;

    /** Runs this benchmark alone. */
    public static void main(String[] args) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(DecisionBenchmark.class.getSimpleName())
                        .build())
                .run();
    }

    /** Fills the worlds. */
    @Setup
    public void setUp() {
        policy = policy();
        twenty = world(20);
        twoHundred = world(200);
    }

    private static Policy policy() {
        List<Spread> spreads = List.of(
                new Spread("region", 2, 1, true, 1),
                new Spread("org", 1, 1, true, 1),
                new Spread("backing", 1, 2, true, 1));
        return RandomWorlds.single(RandomWorlds.plain(new HotGoal(2, 3, 3, HotGoal.Ack.CLAIMED, 1), spreads, null));
    }

    private static Inventory world(int count) {
        Random random = new Random(7);
        List<ProviderSnapshot> providers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, String> labels = Map.of(
                    "region", "r" + random.nextInt(8),
                    "org", "o" + random.nextInt(Math.max(6, count / 4)),
                    "backing", "b" + random.nextInt(5));
            Money price = new Money((long) (Math.exp(random.nextGaussian() * 0.5) * 2e10));
            providers.add(ProviderSnapshot.of(
                    "p" + i,
                    Tier.HOT,
                    labels,
                    Set.of("status"),
                    Limits.NONE,
                    new Price(price, null, Money.ZERO, Money.ZERO, "USD", null, null),
                    Health.of(0.99, 1000),
                    new Usage(1, 1),
                    ProviderState.ACTIVE));
        }
        return Inventory.of(RandomWorlds.NOW, providers);
    }

    private PlacementRequest request() {
        return PlacementRequest.of("t", "n", "bafy" + next++, 1L << 30);
    }

    /** The engine, 20 providers. */
    @Benchmark
    public Plan engineTwentyProviders() {
        return engine.plan(policy, twenty, request());
    }

    /** The engine, 200 providers, three spread levels. */
    @Benchmark
    public Plan engineTwoHundredProviders() {
        return engine.plan(policy, twoHundred, request());
    }

    /** The reference: every set of 20 providers. */
    @Benchmark
    public Object bruteForceTwentyProviders() {
        BruteForce brute = new BruteForce(policy, twenty, request());
        return brute.cheapest(brute.validSets(3));
    }
}
