package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.retrieval.DagAssembly.Unacceptable;
import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.broker.retrieval.FetchResult.Fetched;
import dev.pinfold.broker.retrieval.FetchResult.NotFetched;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches content by its CID into the staging, whoever has it: what is staged already, providers that hold a replica, the
 * pin's origins, configured gateways, in this order.
 *
 * <p>Every block is verified before it is written. A source that fails in the middle costs only what it had not yet given:
 * the next one goes on at the first missing block, and a source that lacked single blocks is asked again when others have
 * filled its gaps. Equal requests at the same time are one. Blocks its thread; to be called from virtual threads.
 */
public final class ContentFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(ContentFetcher.class);

    private final Staging staging;
    private final OutboundHttp http;
    private final FetchSettings settings;
    private final Metrics metrics;
    private final Map<String, CompletableFuture<FetchResult>> running = new ConcurrentHashMap<>();

    public ContentFetcher(Staging staging, OutboundHttp http, FetchSettings settings, Metrics metrics) {
        this.staging = staging;
        this.http = http;
        this.settings = settings;
        this.metrics = metrics;
    }

    /**
     * Fetches the whole DAG below a root.
     *
     * @param origins multiaddrs or URLs that came with the pin, not trusted in any way
     * @param holders providers that say they hold it, best first
     * @return never a partial content; what a failed attempt gave is not kept beyond this call
     */
    public FetchResult fetch(Cid root, List<String> origins, List<GuardedProvider> holders, Deadline deadline) {
        CompletableFuture<FetchResult> mine = new CompletableFuture<>();
        CompletableFuture<FetchResult> other = running.putIfAbsent(root.canonical(), mine);
        if (other != null) {
            return awaitOther(root, other, deadline);
        }
        try {
            FetchResult result = fetchNow(root, origins, holders, deadline);
            mine.complete(result);
            return result;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            running.remove(root.canonical(), mine);
        }
    }

    private static FetchResult awaitOther(Cid root, CompletableFuture<FetchResult> other, Deadline deadline) {
        try {
            return other.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new NotFetched(
                    ErrorKind.GATEWAY_TIMEOUT, "Fetching " + root + " takes longer than allowed", List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NotFetched(ErrorKind.SERVICE_UNAVAILABLE, "The broker is stopping", List.of());
        } catch (ExecutionException e) {
            throw new BrokerException(ErrorKind.INTERNAL_SERVER_ERROR, "Fetching " + root + " failed", e);
        }
    }

    private FetchResult fetchNow(Cid root, List<String> origins, List<GuardedProvider> holders, Deadline deadline) {
        Optional<Staged> there = staging.find(root);
        if (there.isPresent()) {
            Staged staged = there.get();
            FetchAttempt found =
                    new FetchAttempt("staging", Kind.STAGED, Outcome.COMPLETE, "", staged.blocks(), staged.dagBytes());
            return new Fetched(staged, List.of(found));
        }
        List<FetchAttempt> attempts = new ArrayList<>();
        try (DagAssembly dag = new DagAssembly(root, settings.dag(), staging.begin(root))) {
            drawFromAll(dag, sources(origins, holders), attempts, deadline);
            if (!dag.complete()) {
                return notFetched(root, attempts, deadline);
            }
            Staged staged = dag.commit(staging);
            LOG.info(
                    "event=fetch.done cid={} blocks={} bytes={} attempts={}",
                    root,
                    staged.blocks(),
                    staged.dagBytes(),
                    attempts.size());
            return new Fetched(staged, attempts);
        } catch (Unacceptable e) {
            String reason = "The content of " + root + " cannot be taken: " + e.getMessage();
            return failed(root, ContentRefusal.kind(e.reason()), reason, attempts);
        } catch (BrokerException e) {
            return failed(root, e.kind(), e.details(), attempts);
        } catch (IOException e) {
            throw DiskFailure.of(e);
        }
    }

    private List<FetchSource> sources(List<String> origins, List<GuardedProvider> holders) {
        List<FetchSource> sources = new ArrayList<>();
        holders.forEach(holder -> sources.add(new HolderSource(holder, settings.progress())));
        origins.stream()
                .distinct()
                .forEach(origin -> sources.add(new HttpSource(http, HostText.shown(origin), Kind.ORIGIN, origin)));
        settings.gateways()
                .forEach(gateway ->
                        sources.add(new HttpSource(http, gateway.toString(), Kind.GATEWAY, gateway.toString())));
        return sources;
    }

    /** Asks round after round, as long as a round brings something new. */
    private void drawFromAll(DagAssembly dag, List<FetchSource> sources, List<FetchAttempt> attempts, Deadline deadline)
            throws Unacceptable {
        Set<FetchSource> useless = new HashSet<>();
        boolean progress = true;
        while (!dag.complete() && progress && !deadline.expired()) {
            long before = dag.blocks();
            for (FetchSource source : sources) {
                if (!dag.complete() && !useless.contains(source) && !deadline.expired()) {
                    boolean lastHope = sources.size() - useless.size() == 1;
                    FetchAttempt attempt = draw(source, dag, deadline, lastHope);
                    attempts.add(attempt);
                    if (attempt.outcome().lasting() && attempt.blocks() == 0) {
                        useless.add(source);
                    }
                    if (attempt.outcome() == Outcome.WRONG_BYTES) {
                        useless.add(source);
                    }
                }
            }
            progress = dag.blocks() > before;
        }
    }

    private FetchAttempt draw(FetchSource source, DagAssembly dag, Deadline deadline, boolean lastHope)
            throws Unacceptable {
        long blocks = dag.blocks();
        long bytes = dag.bytes();
        Outcome outcome = Outcome.COMPLETE;
        String detail = "";
        try {
            new SourceDraw(source, dag, deadline, settings, lastHope).run();
        } catch (SourceTrouble e) {
            boolean gaveSome = e.outcome() == Outcome.NOT_FOUND && dag.blocks() > blocks;
            outcome = gaveSome ? Outcome.INCOMPLETE : e.outcome();
            detail = e.detail();
        }
        FetchAttempt attempt = new FetchAttempt(
                source.name(), source.kind(), outcome, detail, dag.blocks() - blocks, dag.bytes() - bytes);
        metrics.fetchAttempt(source.kind().label(), outcome.label());
        metrics.fetched(source.kind().label(), attempt.bytes());
        LOG.atLevel(outcome == Outcome.WRONG_BYTES ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.DEBUG)
                .log(
                        "event=fetch.attempt source={} kind={} outcome={} blocks={} bytes={} failure=\"{}\"",
                        attempt.source(),
                        source.kind().label(),
                        outcome.label(),
                        attempt.blocks(),
                        attempt.bytes(),
                        detail);
        return attempt;
    }

    private static FetchResult notFetched(Cid root, List<FetchAttempt> attempts, Deadline deadline) {
        if (attempts.isEmpty()) {
            String nobody = "Nobody is known to have " + root
                    + ": add an origin that serves it over HTTP, upload it, or configure a trustless gateway";
            return failed(root, ErrorKind.NOT_FOUND, nobody, attempts);
        }
        boolean absent = attempts.stream().allMatch(a -> a.outcome().lasting());
        boolean slow = deadline.expired() || attempts.stream().anyMatch(a -> a.outcome() == Outcome.TIMED_OUT);
        ErrorKind kind = absent ? ErrorKind.NOT_FOUND : slow ? ErrorKind.GATEWAY_TIMEOUT : ErrorKind.BAD_GATEWAY;
        return failed(root, kind, "No source gave the whole of " + root + ": " + summary(attempts), attempts);
    }

    private static String summary(List<FetchAttempt> attempts) {
        StringBuilder text = new StringBuilder();
        for (FetchAttempt attempt : attempts.subList(0, Math.min(5, attempts.size()))) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(attempt.source())
                    .append(": ")
                    .append(attempt.outcome().label().replace('_', ' '))
                    .append(attempt.detail().isEmpty() ? "" : " (" + attempt.detail() + ")");
        }
        return attempts.size() > 5 ? text + "; and " + (attempts.size() - 5) + " more" : text.toString();
    }

    private static FetchResult failed(Cid root, ErrorKind kind, String reason, List<FetchAttempt> attempts) {
        LOG.debug("event=fetch.failed cid={} kind={} attempts={} failure=\"{}\"", root, kind, attempts.size(), reason);
        return new NotFetched(kind, reason, attempts);
    }
}
