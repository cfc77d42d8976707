package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.Authenticator;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.Retrieval;
import dev.pinfold.broker.retrieval.RetrievalFailed;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.unixfs.PathWalk;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET|HEAD /ipfs/{cid}[/path]}. A request is read on the event loop, answered on a virtual thread of its own from one
 * {@link Flight}, and ends in one of four ways: an answer, a refusal before its head, a broken connection after it, or a
 * reader who left. {@link TrustlessAnswers} and {@link FileAnswers} are the answers.
 */
public final class GatewayServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GatewayServer.class);
    private static final String RETRY_WHEN_FULL = "10";

    private final Retrieval retrieval;
    private final BrokerConfig.Gateway settings;
    private final Authenticator auth;
    private final Metrics metrics;
    private final Denylist denylist;
    private final AtomicInteger reads = new AtomicInteger();
    private final Hands hands = Hands.of(Runtime.getRuntime().maxMemory());

    private final Set<Thread> readers = ConcurrentHashMap.newKeySet();

    /**
     * Makes the gateway.
     *
     * @throws IllegalStateException when the denylist cannot be read
     */
    public GatewayServer(Retrieval retrieval, BrokerConfig.Gateway settings, Authenticator auth, Metrics metrics) {
        this.retrieval = retrieval;
        this.settings = settings;
        this.auth = auth;
        this.metrics = metrics;
        this.denylist = Denylist.open(settings.denylist());
        metrics.gatewayReading(reads::get);
        metrics.gatewayLent(hands::onTheirWay);
    }

    public void mount(Router router) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
            if (settings.access() == BrokerConfig.Access.TOKEN) {
                router.route(method, "/ipfs/*").handler(auth.require(Scope.PINS_READ));
            }
            router.route(method, "/ipfs/*").handler(this::serve);
        }
        router.route("/ipfs/*").handler(ctx -> {
            ctx.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            ctx.fail(new BrokerException(
                    ErrorKind.METHOD_NOT_ALLOWED,
                    ctx.request().method() + " is not a method of /ipfs; it takes GET and HEAD"));
        });
    }

    private void serve(RoutingContext ctx) {
        GatewayRequest request = GatewayRequest.of(ctx.request());
        requireServed(request);
        denylist.check(request.root(), request.path());
        if (reads.incrementAndGet() > settings.maxReads()) {
            reads.decrementAndGet();
            ctx.response().putHeader("Retry-After", RETRY_WHEN_FULL).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            throw new BrokerException(
                    ErrorKind.RATE_LIMITED, "the gateway serves its " + settings.maxReads() + " reads; try again soon");
        }
        Context context = ctx.vertx().getOrCreateContext();
        Reply reply = new Reply(ctx, context);
        Thread reader = Thread.ofVirtual().name("gateway").unstarted(() -> read(ctx, context, request, reply));
        ctx.response().exceptionHandler(e -> log.debug("event=gateway.client-gone detail=\"{}\"", e.toString()));
        ctx.response().closeHandler(none -> reader.interrupt());
        readers.add(reader);
        reader.start();
    }

    /** Refuses what needs no content to be refused. */
    private void requireServed(GatewayRequest request) {
        Format format = request.format();
        if (format == Format.TAR || format == Format.IPNS_RECORD) {
            throw Refusal.notAcceptable("format " + format.word() + " is not served here; ask for raw or car");
        }
        if (settings.trustlessOnly() && format != Format.RAW && format != Format.CAR) {
            String hint = "this gateway serves what readers verify themselves: ask for ?format=raw or ?format=car";
            throw format == Format.NATIVE ? Refusal.bad(hint) : Refusal.notAcceptable(hint);
        }
        if (request.headers().serviceWorker() && request.segments().isEmpty() && !request.slash()) {
            throw Refusal.bad("a service worker cannot be registered for a whole namespace root; put it below a path");
        }
        if (request.headers().onlyIfCached() && !retrieval.hasLocally(request.root())) {
            throw new BrokerException(
                    ErrorKind.PRECONDITION_FAILED, request.root() + " is not on this broker's own disk");
        }
    }

    private void read(RoutingContext ctx, Context context, GatewayRequest request, Reply reply) {
        long start = System.nanoTime();
        String ending = "2xx";
        try {
            answer(request, reply);
        } catch (Reply.ClientGone e) {
            ending = "gone";
            log.debug("event=gateway.client-gone path={} detail=\"{}\"", request.url(), e.getMessage());
            reply.breakOff();
        } catch (ByteSpan.Unsatisfiable e) {
            ctx.response().putHeader("Content-Range", "bytes */" + e.size());
            ending = fail(
                    ctx, context, reply, new BrokerException(ErrorKind.RANGE_NOT_SATISFIABLE, e.getMessage() + ""));
        } catch (ContentException e) {
            ending = fail(ctx, context, reply, Refusal.of(request.root(), e));
        } catch (IOException e) {
            if (e instanceof RetrievalFailed failed) {
                long seconds = Math.max(1, failed.retryAfter().toSeconds());
                ctx.response().putHeader("Retry-After", Long.toString(seconds));
            }
            ending = fail(ctx, context, reply, Refusal.of(request.root(), e));
        } catch (RuntimeException e) {
            ending = fail(ctx, context, reply, e);
        } finally {
            reads.decrementAndGet();
            readers.remove(Thread.currentThread());
            String format = request.format().name().toLowerCase(Locale.ROOT);
            metrics.gatewayRead(format, ending, Duration.ofNanos(System.nanoTime() - start));
            metrics.gatewaySent(format, reply.sent());
        }
    }

    private static String fail(RoutingContext ctx, Context context, Reply reply, RuntimeException e) {
        if (reply.started()) {
            log.info(
                    "event=gateway.broken-off path={} sent={} detail=\"{}\"",
                    ctx.request().path(),
                    reply.sent(),
                    e.getMessage());
            reply.breakOff();
            return "broken-off";
        }
        context.runOnContext(none -> ctx.fail(e));
        return e instanceof BrokerException refused ? refused.kind().status() / 100 + "xx" : "5xx";
    }

    private void answer(GatewayRequest request, Reply reply) throws IOException {
        Want want = Wants.of(request);
        try (Flight flight = retrieval.open(want)) {
            BlockSource source = denylist.guard(flight);
            Reading reading = new Reading(request, source, reply, settings, hands);
            Set<Cid> way = new LinkedHashSet<>();
            PathWalk.End end = new PathWalk(noting(source, way), reading.unixFsLimits())
                    .follow(request.root(), request.segments());
            end.cids().forEach(cid -> denylist.check(cid, ""));
            // A path that ends at a value inside of a block has read that block already.
            way.remove(end.target());
            switch (request.format()) {
                case RAW -> new TrustlessAnswers(reading, end).raw();
                case CAR -> new TrustlessAnswers(reading, end).car(want, List.copyOf(way));
                case NATIVE, DAG_JSON, DAG_CBOR, JSON, CBOR, TAR, IPNS_RECORD -> new FileAnswers(reading, end).answer();
            }
        }
    }

    private static BlockSource noting(BlockSource source, Set<Cid> read) {
        return cid -> {
            read.add(cid);
            return source.find(cid);
        };
    }

    @Override
    public void close() {
        readers.forEach(Thread::interrupt);
    }
}
