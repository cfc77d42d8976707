package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.Ledger.Copy;
import dev.pinfold.broker.retrieval.race.HedgeBudget;
import dev.pinfold.broker.retrieval.race.RaceSettings;
import dev.pinfold.broker.retrieval.race.Scoreboard;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.policy.RetrievalRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A retrieval over sources of a test, with a ledger that writes down what it is told. */
final class RaceBench implements Ledger, AutoCloseable {
    /** Never explores: the order of names and scores holds. */
    private static final RandomGenerator STEADY = new RandomGenerator() {
        @Override
        public long nextLong() {
            return -1L;
        }

        @Override
        public double nextDouble() {
            return 0.99;
        }
    };

    final List<String> wrong = new CopyOnWriteArrayList<>();
    final List<String> missing = new CopyOnWriteArrayList<>();
    final RetrievalLog log = new RetrievalLog(Clock.systemUTC());
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Scoreboard scores = new Scoreboard();
    final RacingRetrieval retrieval;
    volatile RetrievalRule rule = RetrievalRule.DEFAULT;
    /** The ledger cannot be read. */
    volatile boolean away;

    private final List<Copy> copies;
    private final BlockCache cache;

    RaceBench(Path folder, long cacheBytes, ReadSettings settings, FetchSource... sources) {
        List<Copy> all = new ArrayList<>();
        for (FetchSource source : sources) {
            all.add(new Copy(source, source.name().startsWith("cold"), true, ""));
        }
        copies = List.copyOf(all);
        Metrics metrics = new Metrics(meters);
        cache = BlockCache.open(folder, cacheBytes);
        Referee.Rules rules = new Referee.Rules(this, scores, new HedgeBudget(), RaceSettings.DEFAULT, STEADY, metrics);
        try {
            Staging staging = Staging.open(folder.resolve("staging"), new Staging.Limits(1 << 30, 0, 1_000_000));
            retrieval = new RacingRetrieval(rules, staging, cache, settings, log, Unfreezer.NONE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public List<Copy> copies(Cid root) {
        if (away) {
            throw new BrokerException(ErrorKind.SERVICE_UNAVAILABLE, "the database is away");
        }
        return copies;
    }

    @Override
    public RetrievalRule rule(Cid root) {
        return rule;
    }

    @Override
    public void wrongBytes(Cid root, String source, String evidence) {
        wrong.add(source + ": " + evidence);
    }

    @Override
    public void missing(Cid root, String source, String detail) {
        missing.add(source + ": " + detail);
    }

    /** Which of these hot sources would be asked first. */
    String best(String... sources) {
        List<Scoreboard.Entrant> entrants = Stream.of(sources)
                .map(name -> new Scoreboard.Entrant(name, false, true))
                .toList();
        return scores.lineUp(entrants, STEADY).getFirst().source();
    }

    /** Reads the whole DAG in depth-first order; each block is given once. */
    List<Block> walk(Cid root) throws IOException {
        List<Block> blocks = new ArrayList<>();
        try (Flight flight = retrieval.open(Want.all(root))) {
            walk(flight, root, blocks);
        }
        return blocks;
    }

    /** The same, each block noted when it came; returns the longest time without one, the first included. */
    Duration walkTimed(Cid root, List<Block> blocks) throws IOException {
        long[] clock = {System.nanoTime(), 0};
        try (Flight flight = retrieval.open(Want.all(root))) {
            new DagWalk(flight, DagLimits.DEFAULT).walk(List.of(root), block -> {
                long now = System.nanoTime();
                clock[1] = Math.max(clock[1], now - clock[0]);
                clock[0] = now;
                blocks.add(block);
            });
        }
        return Duration.ofNanos(clock[1]);
    }

    static void walk(BlockSource flight, Cid root, List<Block> into) throws IOException {
        new DagWalk(flight, DagLimits.DEFAULT).walk(List.of(root), into::add);
    }

    /** Reads a whole file. */
    byte[] file(Cid root) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Flight flight = retrieval.open(Want.all(root))) {
            new UnixFsReader(flight).open(root).copyTo(out);
        }
        return out.toByteArray();
    }

    /** The words of all events of the newest retrieval, with their sources where they have one. */
    List<String> story() {
        return log.recent(null, 1).getFirst().events().stream()
                .map(entry -> entry.event().toString())
                .toList();
    }

    @Override
    public void close() {
        retrieval.close();
        cache.close();
    }
}
