package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.retrieval.race.Cooldown;
import dev.pinfold.broker.retrieval.race.HedgeBudget;
import dev.pinfold.broker.retrieval.race.RaceSettings;
import dev.pinfold.broker.retrieval.race.Scoreboard;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads content from wherever copies of it are: what is on this machine first, then the copies in the ledger, raced
 * against each other block by verified block. Readers who want the same thing at the same time share one flight.
 *
 * <p>Where to read on: {@link SharedFlight} serves the readers, {@link Beginning} holds the first answer while they follow a
 * path, {@link SubtreeStream} downloads and fails over, {@link Contest} runs races, whose rules are {@link
 * dev.pinfold.broker.retrieval.race.Race}; {@link Referee} draws the consequences.
 */
public final class RacingRetrieval implements Retrieval, AutoCloseable {
    private final Referee.Rules rules;
    private final Staging staged;
    private final BlockCache cache;
    private final ReadSettings settings;
    private final RetrievalLog log;
    private final Unfreezer unfreezer;
    private final Turns turns;
    private final Cooldown cooldown = new Cooldown();
    private final Map<Object, Shared> flights = new HashMap<>();

    private static final class Shared {
        private final SharedFlight flight;
        private final Story story;
        private int readers;

        Shared(SharedFlight flight, Story story) {
            this.flight = flight;
            this.story = story;
        }
    }

    private record Key(Object root, String path, Want.Scope scope, Optional<Want.ByteRange> bytes) {}

    /**
     * Makes the retrieval of a broker.
     *
     * @param ledger knows the copies
     * @param staging content on its way to providers
     * @param unfreezer is told what is read
     */
    public static RacingRetrieval open(
            ReplicaLedger ledger,
            Staging staging,
            BlockCache cache,
            Unfreezer unfreezer,
            RetrievalLog log,
            Metrics metrics) {
        Referee.Rules rules = new Referee.Rules(
                ledger, new Scoreboard(), new HedgeBudget(), RaceSettings.DEFAULT, new SecureRandom(), metrics);
        metrics.cacheBytes(cache::sizeBytes);
        return new RacingRetrieval(rules, staging, cache, ReadSettings.DEFAULT, log, unfreezer);
    }

    /**
     * A retrieval over providers that are all taken to hold everything; findings about them go nowhere. For benchmarks.
     *
     * @param folder for what is kept on disk
     * @param cacheBytes 0 keeps nothing from read to read
     */
    public static RacingRetrieval among(
            List<GuardedProvider> providers, Path folder, long cacheBytes, RetrievalLog log, Metrics metrics)
            throws IOException {
        Referee.Rules rules = new Referee.Rules(
                new AllHold(providers, ReadSettings.DEFAULT.progress()),
                new Scoreboard(),
                new HedgeBudget(),
                RaceSettings.DEFAULT,
                new SecureRandom(),
                metrics);
        Staging staging = Staging.open(folder.resolve("staging"), new Staging.Limits(1 << 30, 0, 1));
        return new RacingRetrieval(
                rules, staging, BlockCache.open(folder, cacheBytes), ReadSettings.DEFAULT, log, Unfreezer.NONE);
    }

    private record AllHold(List<GuardedProvider> providers, Duration idle) implements Ledger {
        @Override
        public List<Copy> copies(Cid root) {
            return providers.stream()
                    .map(provider -> new Copy(new HolderSource(provider, idle), false, true, ""))
                    .toList();
        }

        @Override
        public void wrongBytes(Cid root, String source, String evidence) {}

        @Override
        public void missing(Cid root, String source, String detail) {}
    }

    RacingRetrieval(
            Referee.Rules rules,
            Staging staged,
            BlockCache cache,
            ReadSettings settings,
            RetrievalLog log,
            Unfreezer unfreezer) {
        this.rules = rules;
        this.staged = staged;
        this.cache = cache;
        this.settings = settings;
        this.log = log;
        this.unfreezer = unfreezer;
        this.turns = new Turns(settings.downloads());
    }

    @Override
    public Flight open(Want want) {
        unfreezer.read(want.root());
        Key key = new Key(want.root().multihash(), want.path(), want.scope(), want.bytes());
        synchronized (flights) {
            Shared shared = flights.computeIfAbsent(key, none -> begin(want));
            shared.readers++;
            shared.story.joined();
            return new ReaderFlight(key, shared, want.root());
        }
    }

    @Override
    public boolean hasLocally(Cid cid) {
        try {
            return Retrieval.super.hasLocally(cid)
                    || cache.has(cid)
                    || staged.block(cid).isPresent();
        } catch (IOException e) {
            // A staging that cannot be read has nothing to give.
            return false;
        }
    }

    private Shared begin(Want want) {
        Story story = log.begin(want);
        LocalBlocks local = new LocalBlocks(staged.holding(want.root()), cache, rules.metrics());
        Referee referee = new Referee(want.root(), rules, story);
        return new Shared(new SharedFlight(want, local, referee, settings, turns), story);
    }

    private void leave(Key key, Shared shared) {
        synchronized (flights) {
            if (--shared.readers > 0) {
                return;
            }
            flights.remove(key, shared);
        }
        shared.flight.close();
    }

    /** Ends all flights. */
    @Override
    public void close() {
        synchronized (flights) {
            flights.values().forEach(shared -> shared.flight.close());
            flights.clear();
        }
    }

    private final class ReaderFlight implements Flight {
        private final Key key;
        private final Shared shared;
        private final Cid root;
        private final AtomicBoolean left = new AtomicBoolean();

        ReaderFlight(Key key, Shared shared, Cid root) {
            this.key = key;
            this.shared = shared;
            this.root = root;
        }

        @Override
        public byte @Nullable [] find(Cid cid) throws IOException {
            Block found = proven(cid);
            return found == null ? null : found.bytes();
        }

        /** Proven when it came: not once more for each reader. */
        @Override
        public Block block(Cid cid, Verifier verifier) throws IOException {
            Block found = cid.multihash().isIdentity() ? Block.inline(cid) : proven(cid);
            if (found == null) {
                throw ContentException.incomplete("Block " + cid + " is not there");
            }
            return found;
        }

        private @Nullable Block proven(Cid cid) throws IOException {
            Block here = shared.flight.here(cid);
            if (here != null) {
                return here;
            }
            String content = root.canonical();
            Duration pause = cooldown.left(content, System.nanoTime());
            if (pause.isPositive()) {
                throw new RetrievalFailed(
                        RetrievalFailed.Why.SOURCES_FAILED,
                        root + " could not be read several times in a row; it is tried again later",
                        pause);
            }
            try {
                Block found = shared.flight.fetch(cid);
                cooldown.served(content);
                return found;
            } catch (RetrievalFailed e) {
                cooldown.failed(content, System.nanoTime());
                throw e;
            }
        }

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                leave(key, shared);
            }
        }
    }
}
