package dev.pinfold.broker.bench;

import dev.pinfold.broker.config.Units;
import dev.pinfold.broker.provider.BreakerSettings;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardSettings;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.ProviderSpec;
import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.RacingRetrieval;
import dev.pinfold.broker.retrieval.RetrievalLog;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Verifier;
import dev.pinfold.spi.ProviderConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pinfold bench race}: how long raced reads take, in real time, from three gateways of which each stalls now and
 * then, beside each of them alone and beside asking all at once.
 */
@Command(
        name = "race",
        description = {
            "Measure raced, verified reads from three gateways on loopback, which take 20, 200 and 2,000 ms and stall"
                    + " one",
            "answer in a hundred, against each of them alone and against asking all at once. p99 is the time that one"
                    + " read",
            "in a hundred took at least."
        },
        footer = {"", "Example:", "  pinfold bench race --reads 1000 --stall 5s"})
final class TailBench implements Callable<Integer> {
    private static final List<Duration> DELAYS =
            List.of(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(2));
    private static final int BLOCK = 16 << 10;
    /** A slow source alone is given more readers, so that the run ends before the day does. */
    private static final Duration SLOW = Duration.ofMillis(200);

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--reads", defaultValue = "1000", description = "Reads of each kind (default: ${DEFAULT-VALUE}).")
    int reads;

    @Option(names = "--readers", defaultValue = "10", description = "Readers at once (default: ${DEFAULT-VALUE}).")
    int readers;

    @Option(
            names = "--stall",
            defaultValue = "5s",
            description = "How long a stalled answer takes, below 10s (default: ${DEFAULT-VALUE}).")
    String stall = "5s";

    @Option(
            names = "--seed",
            defaultValue = "20",
            description = "Decides which answers stall (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--json", description = "Print the figures as one JSON document.")
    boolean json;

    private final JsonObject figures = new JsonObject();
    private final Map<String, byte[]> blocks = new HashMap<>();
    private final List<Cid> cids = new ArrayList<>();

    /** One way to read a block. */
    private interface Way {
        void read(Cid cid) throws Exception;
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Times(long[] sortedNanos) {
        double millis(double share) {
            return sortedNanos[Math.min(sortedNanos.length - 1, (int) (share * sortedNanos.length))] / 1e6;
        }
    }

    @Override
    public Integer call() throws Exception {
        Duration stalled = stalled();
        if (reads < 1 || readers < 1) {
            throw new ParameterException(spec.commandLine(), "--reads and --readers must be 1 or more");
        }
        Vertx vertx = Vertx.vertx();
        RandomGenerator random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        fill(random);
        List<StallingGateway> gateways = new ArrayList<>();
        Metrics metrics = new Metrics(new SimpleMeterRegistry());
        try (ScratchFolder folder = ScratchFolder.open()) {
            for (Duration delay : DELAYS) {
                gateways.add(new StallingGateway(vertx, delay, stalled, blocks, random));
            }
            try (Fleet fleet = Fleet.open(specs(gateways), vertx, metrics)) {
                measure(gateways, List.copyOf(fleet.all()), folder.path(), metrics);
            }
        } finally {
            gateways.forEach(StallingGateway::close);
            vertx.close();
        }
        if (json) {
            spec.commandLine().getOut().println(figures.encodePrettily());
        }
        return 0;
    }

    /** A read gives a source up after ten seconds without a block, so a longer stall would end the reads from it alone. */
    private Duration stalled() {
        try {
            Duration stalled = Units.duration(stall);
            if (stalled.compareTo(Duration.ofSeconds(10)) < 0) {
                return stalled;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--stall: '" + stall + "' " + e.getMessage(), e);
        }
        throw new ParameterException(spec.commandLine(), "--stall must be below 10s, for example 5s");
    }

    private void fill(RandomGenerator random) {
        for (int i = 0; i < reads; i++) {
            byte[] bytes = new byte[BLOCK];
            random.nextBytes(bytes);
            Cid cid = Cid.of(Codec.RAW, bytes);
            cids.add(cid);
            blocks.put(cid.toString(), bytes);
        }
    }

    /** Guarded as providers are, but with no limit that a benchmark could reach. */
    private static List<ProviderSpec> specs(List<StallingGateway> gateways) {
        GuardSettings open = new GuardSettings(
                100_000,
                100_000,
                2,
                5,
                10_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                BreakerSettings.defaults());
        List<ProviderSpec> specs = new ArrayList<>();
        for (StallingGateway gateway : gateways) {
            String id = gateway.delay().toMillis() + "ms";
            String at = gateway.uri().toString();
            Map<String, String> settings =
                    Map.of("preset", "generic", "endpoint", at + "/psa", "token", "none", "gateway", at);
            specs.add(new ProviderSpec(id, "psa", Map.of(), new ProviderConfig(id, settings, Path.of(".")), open));
        }
        return specs;
    }

    private void measure(List<StallingGateway> gateways, List<GuardedProvider> providers, Path folder, Metrics metrics)
            throws Exception {
        List<RacingRetrieval> alone = new ArrayList<>();
        try (RacingRetrieval raced = among(providers, folder.resolve("raced"), metrics);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (GuardedProvider provider : providers) {
                alone.add(among(List.of(provider), folder.resolve("alone-" + alone.size()), metrics));
            }
            // What the race knows of its sources, and the compiler of the code, is learnt before it counts.
            run(threads, readers, cid -> read(raced, cid));
            gateways.forEach(StallingGateway::beginHundred);
            long before = asked(gateways);
            Times race = run(threads, readers, cid -> read(raced, cid));
            double extra = 100.0 * (asked(gateways) - before - reads) / reads;
            double best = Double.MAX_VALUE;
            report("raced", race);
            for (int i = 0; i < alone.size(); i++) {
                RacingRetrieval one = alone.get(i);
                gateways.get(i).beginHundred();
                long slower = Math.max(1, DELAYS.get(i).dividedBy(SLOW));
                Times times = run(threads, (int) (readers * slower), cid -> read(one, cid));
                best = Math.min(best, times.millis(0.99));
                report(providers.get(i).id() + " alone", times);
            }
            report("all at once", run(threads, readers, cid -> first(threads, alone, cid)));
            say("p99 of the raced reads is %.1f times better than the best one's alone, at %.1f %% more requests"
                    .formatted(best / race.millis(0.99), extra));
            figures.put("p99Ratio", best / race.millis(0.99)).put("extraRequestsPercent", extra);
        } finally {
            alone.forEach(RacingRetrieval::close);
        }
    }

    private static RacingRetrieval among(List<GuardedProvider> providers, Path folder, Metrics metrics)
            throws IOException {
        Files.createDirectories(folder);
        return RacingRetrieval.among(providers, folder, 0, new RetrievalLog(Clock.systemUTC()), metrics);
    }

    private static void read(RacingRetrieval retrieval, Cid cid) throws IOException {
        try (Flight flight = retrieval.open(Want.all(cid))) {
            flight.block(cid, new Verifier());
        }
    }

    private static void first(ExecutorService threads, List<RacingRetrieval> alone, Cid cid) throws Exception {
        threads.invokeAny(alone.stream()
                .<Callable<Cid>>map(one -> () -> {
                    read(one, cid);
                    return cid;
                })
                .toList());
    }

    private static long asked(List<StallingGateway> gateways) {
        return gateways.stream().mapToLong(StallingGateway::asked).sum();
    }

    /** Every block once, by so many readers, each of which takes the next one when it has its last. */
    private Times run(ExecutorService threads, int atOnce, Way way) throws Exception {
        AtomicInteger next = new AtomicInteger();
        long[] nanos = new long[reads];
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
            all.add(threads.submit(() -> {
                for (int at = next.getAndIncrement(); at < reads; at = next.getAndIncrement()) {
                    long begun = System.nanoTime();
                    way.read(cids.get(at));
                    nanos[at] = System.nanoTime() - begun;
                }
                return null;
            }));
        }
        for (Future<?> reader : all) {
            try {
                reader.get();
            } catch (ExecutionException e) {
                throw new IOException("a read failed: " + e.getCause(), e);
            }
        }
        Arrays.sort(nanos);
        return new Times(nanos);
    }

    private void report(String what, Times times) {
        say("%-14s p50 %7.1f ms  p95 %7.1f ms  p99 %7.1f ms"
                .formatted(what, times.millis(0.5), times.millis(0.95), times.millis(0.99)));
        figures.put(
                what,
                new JsonObject()
                        .put("p50Ms", times.millis(0.5))
                        .put("p95Ms", times.millis(0.95))
                        .put("p99Ms", times.millis(0.99)));
    }

    private void say(String line) {
        PrintWriter out =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
