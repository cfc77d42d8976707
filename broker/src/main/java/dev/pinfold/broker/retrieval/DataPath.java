package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.reconcile.Content;
import dev.pinfold.broker.reconcile.Outcome;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker as a data path: gets bytes once, keeps them staged until every copy is made, proves what providers hold. */
public final class DataPath implements Content, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataPath.class);
    private static final long MOST_BLOCKS = 4_000_000;
    /** An upload is staged before its pin is written; it is not swept in between. */
    private static final Duration YOUNG = Duration.ofMinutes(10);

    private final Staging staging;
    private final OutboundHttp http;
    private final ContentFetcher fetcher;
    private final ColdStaging cold;
    private final Verifier verifier;
    private final int samples;
    private final Semaphore fetches;
    private final SecureRandom random = new SecureRandom();
    private final Clock clock;

    private DataPath(BrokerConfig config, Vertx vertx, Metrics metrics, Staging staging, ColdCopies cold, Clock clock) {
        this.staging = staging;
        this.cold = new ColdStaging(staging, cold);
        this.http = new OutboundHttp(
                vertx,
                OutboundGuard.of(config.fetch().allow(), config.fetch().gateways()),
                OutboundHttp.Timeouts.of(config.fetch()));
        this.fetcher = new ContentFetcher(staging, http, FetchSettings.of(config.fetch()), metrics);
        this.verifier = new Verifier(metrics);
        this.samples = config.reconcile().auditBlocks() - 1;
        this.fetches = new Semaphore(config.fetch().concurrency());
        this.clock = clock;
        metrics.stagedBytes(staging::sizeBytes);
    }

    /** Opens the data path of a broker; its staging lies in the data directory. */
    public static DataPath open(BrokerConfig config, Vertx vertx, Metrics metrics, ColdCopies cold, Clock clock) {
        Path directory = config.dataDirectory().resolve("staging");
        try {
            Staging staging = Staging.open(
                    directory,
                    new Staging.Limits(
                            config.storage().stagingCapacity(), config.storage().reserve(), MOST_BLOCKS));
            return new DataPath(config, vertx, metrics, staging, cold, clock);
        } catch (IOException e) {
            throw new IllegalStateException("the staging directory " + directory + " cannot be used: " + e, e);
        }
    }

    /** Where uploads go. */
    public Staging staging() {
        return staging;
    }

    /** Cold copies, for readers. */
    public ColdStaging cold() {
        return cold;
    }

    @Override
    public boolean has(Cid root) {
        return staging.find(root).isPresent();
    }

    @Override
    public Found obtain(Cid root, List<String> origins, List<GuardedProvider> holders, Deadline deadline) {
        var there = staging.find(root);
        if (there.isPresent()) {
            return new Found.Here(there.get(), there.get().dagBytes());
        }
        Optional<Staged> thawed = thaw(root);
        if (thawed.isPresent()) {
            return new Found.Here(thawed.get(), thawed.get().dagBytes());
        }
        try {
            if (!fetches.tryAcquire(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
                return new Found.Nowhere("too many fetches at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Nowhere("the broker is stopping");
        }
        try {
            return switch (fetcher.fetch(root, origins, holders, deadline)) {
                case FetchResult.Fetched fetched ->
                    new Found.Here(fetched.staged(), fetched.staged().dagBytes());
                case FetchResult.NotFetched not -> new Found.Nowhere(report(not));
            };
        } finally {
            fetches.release();
        }
    }

    /** The bytes from a cold copy within reach, verified. */
    private Optional<Staged> thaw(Cid root) {
        try {
            return cold.stage(root);
        } catch (IOException | BrokerException e) {
            log.warn("event=cold.unreadable cid={} detail=\"{}\"", root, e.toString());
            return Optional.empty();
        }
    }

    private static String report(FetchResult.NotFetched not) {
        if (not.attempts().isEmpty()) {
            return not.reason();
        }
        return not.attempts().stream()
                .limit(5)
                .map(a ->
                        a.source() + " " + a.outcome().label() + (a.detail().isEmpty() ? "" : " (" + a.detail() + ")"))
                .collect(Collectors.joining(", "));
    }

    @Override
    public Outcome check(GuardedProvider provider, Cid root, Deadline deadline) {
        return switch (verifier.verify(provider, root, samples, random, deadline)) {
            case Verification.Verified ok ->
                new Outcome.Proven(ok.blocks() + " blocks of " + ok.bytes() + " bytes fetched and hashed");
            case Verification.Missing missing ->
                new Outcome.Disproven(false, "it does not serve block " + missing.cid());
            case Verification.WrongBytes wrong ->
                new Outcome.Disproven(true, "it serves wrong bytes for " + wrong.cid() + ": " + wrong.evidence());
            case Verification.Unverifiable not -> new Outcome.NotCheckable(not.reason());
            case Verification.Unreachable away -> new Outcome.Broke(away.failure());
        };
    }

    /** Removes staged content that no copy needs any more. */
    public void sweep(ReplicaStore replicas) {
        for (Staged staged : staging.all()) {
            if (old(staged) && !replicas.needsBytes(staged.root()) && staging.remove(staged.root())) {
                log.info("event=staging.swept cid={} bytes={}", staged.root(), staged.dagBytes());
            }
        }
    }

    private boolean old(Staged staged) {
        try {
            var since = Files.getLastModifiedTime(staged.file()).toInstant();
            return since.plus(YOUNG).isBefore(clock.instant());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
