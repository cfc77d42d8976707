package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.kit.PsaService.Reply;
import io.netty.channel.ChannelOption;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP side of a {@link ScriptedPsa}: routes, the token, the rate limit, and everything that goes wrong. */
final class PsaServer {
    private static final int MAX_BODY = 1 << 20;
    private static final Buffer ENDLESS = Buffer.buffer("\"" + "a".repeat(32_768) + "\",");

    private final Vertx vertx;
    private final PsaService service;
    private final ScriptedGateway gateway;
    private final FaultPlan faults;
    private final CallLog log;
    private final String token;
    private final Router router;
    private volatile @Nullable RateLimiter limiter;
    private volatile RateLimitStyle limitStyle = RateLimitStyle.RETRY_AFTER;
    private final HeldPort port;
    private @Nullable HttpServer server;

    PsaServer(
            Vertx vertx,
            PsaService service,
            ScriptedGateway gateway,
            FaultPlan faults,
            CallLog log,
            String token,
            int port) {
        this.vertx = vertx;
        this.service = service;
        this.gateway = gateway;
        this.faults = faults;
        this.log = log;
        this.token = token;
        this.port = new HeldPort(port);
        this.router = routes();
    }

    int port() {
        return port.number();
    }

    void limit(@Nullable RateLimiter now, RateLimitStyle style) {
        limitStyle = style;
        limiter = now;
    }

    synchronized void open() {
        if (server != null) {
            return;
        }
        server = port.listen(this::listen);
    }

    synchronized void shut() {
        HttpServer open = server;
        server = null;
        if (open != null) {
            open.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            port.hold();
        }
    }

    /** Shuts for good: the port is free for others. */
    synchronized void close() {
        shut();
        port.free();
    }

    private HttpServer listen(int at) {
        HttpServerOptions options =
                new HttpServerOptions().setHost("127.0.0.1").setPort(at).setTcpNoDelay(true);
        return vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private Router routes() {
        Router routes = Router.router(vertx);
        routes.route("/pins*").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
        routes.get("/pins").handler(ctx -> psa(ctx, PsaOperation.LIST, () -> service.list(ctx.queryParams())));
        routes.post("/pins").handler(ctx -> psa(ctx, PsaOperation.ADD, () -> service.add(body(ctx))));
        routes.get("/pins/:id").handler(ctx -> psa(ctx, PsaOperation.GET, () -> service.get(id(ctx))));
        routes.post("/pins/:id")
                .handler(ctx -> psa(ctx, PsaOperation.REPLACE, () -> service.replace(id(ctx), body(ctx))));
        routes.delete("/pins/:id").handler(ctx -> psa(ctx, PsaOperation.DELETE, () -> service.delete(id(ctx))));
        routes.get("/ipfs/:cid").handler(this::content);
        routes.get("/ipfs/:cid/*").handler(this::content);
        return routes;
    }

    private void psa(RoutingContext ctx, PsaOperation operation, Supplier<Reply> work) {
        log.arrived(operation);
        RateLimiter limit = limiter;
        if (limit != null && !limit.pass()) {
            tooMany(ctx, operation, limitStyle, Duration.ofSeconds(1), limit.perSecond());
            return;
        }
        Supplier<Reply> guarded = () -> ("Bearer " + token).equals(ctx.request().getHeader("Authorization"))
                ? work.get()
                : service.unauthorized();
        go(ctx, operation, type -> send(ctx, operation, guarded.get(), type), () -> {
            Reply unused = guarded.get();
        });
    }

    private void content(RoutingContext ctx) {
        String accept = Optional.ofNullable(ctx.request().getHeader("Accept")).orElse("");
        boolean car = "car".equals(ctx.request().getParam("format")) || accept.contains("vnd.ipld.car");
        PsaOperation operation = car ? PsaOperation.CAR : PsaOperation.BLOCK;
        log.arrived(operation);
        go(ctx, operation, type -> serve(ctx, operation, type), PsaServer::nothing);
    }

    private static void nothing() {}

    /** Sends the right answer, under this media type where one is given. */
    private interface Answering {
        void send(@Nullable String contentType);
    }

    private void go(RoutingContext ctx, PsaOperation operation, Answering answer, Runnable effect) {
        Optional<PsaFault> drawn = faults.draw(operation);
        if (drawn.isEmpty()) {
            answer.send(null);
            return;
        }
        switch (drawn.get()) {
            case PsaFault.Slow slow -> vertx.setTimer(millis(slow.delay()), timer -> answer.send(null));
            case PsaFault.MediaType type -> answer.send(type.contentType());
            case PsaFault.TooMany many -> tooMany(ctx, operation, many.style(), many.pause(), 10);
            case PsaFault.Hang hang -> {
                applyIf(hang.applied(), effect);
                silent(ctx, operation);
                vertx.setTimer(millis(hang.atMost()), timer -> cut(ctx, false));
            }
            case PsaFault.Reset reset -> {
                applyIf(reset.applied(), effect);
                silent(ctx, operation);
                cut(ctx, true);
            }
            case PsaFault.Close close -> {
                applyIf(close.applied(), effect);
                silent(ctx, operation);
                cut(ctx, false);
            }
            case PsaFault.Answer other -> {
                applyIf(other.applied(), effect);
                other.headers().forEach(ctx.response()::putHeader);
                end(ctx, operation, other.status(), Buffer.buffer(other.body()));
            }
            case PsaFault.Endless endless -> {
                applyIf(endless.applied(), effect);
                begin(ctx, operation);
                pour(ctx.response());
            }
            case PsaFault.Drip drip -> {
                applyIf(drip.applied(), effect);
                begin(ctx, operation);
                drip(ctx.response(), drip.gap());
            }
        }
    }

    private static void applyIf(boolean applied, Runnable effect) {
        if (applied) {
            effect.run();
        }
    }

    private void serve(RoutingContext ctx, PsaOperation operation, @Nullable String forcedType) {
        Cid cid;
        try {
            cid = Cid.parse(ctx.pathParam("cid"));
        } catch (ContentException e) {
            end(ctx, operation, 400, Buffer.buffer("not a CID"));
            return;
        }
        boolean plain = gateway.manner() == GatewayManner.IGNORES_FORMAT;
        byte[] bytes = plain ? gateway.file(cid) : operation == PsaOperation.CAR ? car(ctx, cid) : gateway.block(cid);
        if (bytes == null) {
            end(ctx, operation, 404, Buffer.buffer("not here"));
            return;
        }
        if (gateway.manner() == GatewayManner.SERVES_HTML) {
            ctx.response().putHeader("Content-Type", "text/html");
            end(ctx, operation, 200, Buffer.buffer("<!doctype html><h1>Sign up for the business plan</h1>"));
            return;
        }
        if (plain) {
            ctx.response()
                    .putHeader("X-Ipfs-Path", "/ipfs/" + cid)
                    .putHeader("Content-Type", "application/octet-stream");
            end(ctx, operation, 200, Buffer.buffer(bytes));
            return;
        }
        String type = operation == PsaOperation.CAR
                ? "application/vnd.ipld.car; version=1; order=dfs; dups=n"
                : "application/vnd.ipld.raw";
        ctx.response().putHeader("Content-Type", forcedType == null ? type : forcedType);
        if (gateway.manner() == GatewayManner.BREAKS_OFF) {
            ctx.response().putHeader("Content-Length", String.valueOf(bytes.length));
            log.ended(call(ctx, operation, 200));
            ctx.response()
                    .write(Buffer.buffer(bytes).getBuffer(0, bytes.length / 2))
                    .onComplete(written -> cut(ctx, true));
            return;
        }
        end(ctx, operation, 200, Buffer.buffer(bytes));
    }

    private byte @Nullable [] car(RoutingContext ctx, Cid root) {
        String path = URI.create(String.valueOf(ctx.request().path())).getPath().replaceFirst("/ipfs/[^/]+/?", "");
        String bytes = ctx.request().getParam("entity-bytes");
        return bytes == null && path.isEmpty()
                ? gateway.car(root)
                : gateway.entity(
                        root, path.isEmpty() ? List.of() : List.of(path.split("/")), bytes == null ? "0:*" : bytes);
    }

    private void send(RoutingContext ctx, PsaOperation operation, Reply reply, @Nullable String forcedType) {
        if (!reply.body().isEmpty()) {
            ctx.response().putHeader("Content-Type", forcedType == null ? "application/json" : forcedType);
        }
        end(ctx, operation, reply.status(), Buffer.buffer(reply.body()));
    }

    private void tooMany(RoutingContext ctx, PsaOperation operation, RateLimitStyle style, Duration wait, int limit) {
        HttpServerResponse response = ctx.response().putHeader("Content-Type", "application/json");
        Instant again = Instant.now().plus(wait);
        Map<String, String> headers = switch (style) {
            case RETRY_AFTER -> Map.of("Retry-After", String.valueOf(wait.toSeconds()));
            case RETRY_AFTER_DATE ->
                Map.of("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(again.atZone(ZoneOffset.UTC)));
            case X_RATE_LIMIT ->
                Map.of(
                        "X-RateLimit-Limit", String.valueOf(limit),
                        "X-RateLimit-Remaining", "0",
                        "X-RateLimit-Reset", String.valueOf(again.getEpochSecond()));
            case BARE -> Map.of();
        };
        headers.forEach(response::putHeader);
        Reply reply = Reply.failure(429, "TOO_MANY_REQUESTS", "slow down");
        end(ctx, operation, reply.status(), Buffer.buffer(reply.body()));
    }

    private void end(RoutingContext ctx, PsaOperation operation, int status, Buffer body) {
        log.ended(call(ctx, operation, status));
        HttpServerResponse response = ctx.response();
        if (!response.closed() && !response.ended()) {
            response.setStatusCode(status).end(body);
        }
    }

    private void silent(RoutingContext ctx, PsaOperation operation) {
        log.ended(call(ctx, operation, 0));
    }

    private void begin(RoutingContext ctx, PsaOperation operation) {
        log.ended(call(ctx, operation, 200));
        ctx.response().setChunked(true).putHeader("Content-Type", "application/json");
        ctx.response().write("{\"count\":1,\"results\":[");
    }

    /** One write after the other, each when the one before has gone out: ends when the connection does. */
    private static void pour(HttpServerResponse response) {
        response.write(ENDLESS).onSuccess(gone -> pour(response));
    }

    private void drip(HttpServerResponse response, Duration gap) {
        vertx.setTimer(millis(gap), timer -> {
            if (!response.closed()) {
                response.write(" ");
                drip(response, gap);
            }
        });
    }

    /** Ends the connection: with a reset (RST) that throws away what was not read, or quietly (FIN). */
    private static void cut(RoutingContext ctx, boolean reset) {
        ConnectionBase connection = (ConnectionBase) ctx.request().connection();
        if (reset) {
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var unused = connection.channel().close();
    }

    private static Call call(RoutingContext ctx, PsaOperation operation, int status) {
        Buffer body = ctx.body() == null ? null : ctx.body().buffer();
        return new Call(
                operation,
                ctx.request().uri(),
                ctx.request().getHeader("Authorization"),
                body == null ? "" : body.toString(),
                status);
    }

    private static Buffer body(RoutingContext ctx) {
        Buffer body = ctx.body().buffer();
        return body == null ? Buffer.buffer() : body;
    }

    private static String id(RoutingContext ctx) {
        return ctx.pathParam("id");
    }

    private static long millis(Duration duration) {
        return Math.max(1, duration.toMillis());
    }
}
