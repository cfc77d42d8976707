package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.pin.PinDraft;
import dev.pinfold.broker.pin.PinService;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Pinning Service API v1.0.0: five operations on {@code /pins}. Checks what comes in, calls {@link PinService},
 * writes what goes out; every failure goes to {@link Errors}.
 */
public final class PinRoutes {
    private static final int LONGEST_KEY = 255;
    /** A database that needs longer is treated as away; the client may ask again. */
    private static final long LIMIT_SECONDS = 20;

    private final PinService pins;
    private final Authenticator auth;
    private final RateLimiter limiter;
    private final Runnable requireSpace;
    private final BrokerConfig.Psa settings;

    /**
     * Makes the routes.
     *
     * @param requireSpace refuses new work while the disk is nearly full
     */
    public PinRoutes(
            PinService pins,
            Authenticator auth,
            RateLimiter limiter,
            Runnable requireSpace,
            BrokerConfig.Psa settings) {
        this.pins = pins;
        this.auth = auth;
        this.limiter = limiter;
        this.requireSpace = requireSpace;
        this.settings = settings;
    }

    public void mount(Router router) {
        Handler<RoutingContext> body = BoundedBody.upTo(settings.maxBodyBytes());
        router.get("/pins")
                .handler(auth.require(Scope.PINS_READ))
                .handler(limiter.handler())
                .handler(this::list);
        router.post("/pins")
                .handler(auth.require(Scope.PINS_WRITE))
                .handler(limiter.handler())
                .handler(body)
                .handler(this::add);
        router.get("/pins/:requestid")
                .handler(auth.require(Scope.PINS_READ))
                .handler(limiter.handler())
                .handler(this::get);
        router.post("/pins/:requestid")
                .handler(auth.require(Scope.PINS_WRITE))
                .handler(limiter.handler())
                .handler(body)
                .handler(this::replace);
        router.delete("/pins/:requestid")
                .handler(auth.require(Scope.PINS_WRITE))
                .handler(limiter.handler())
                .handler(this::delete);
    }

    private void list(RoutingContext ctx) {
        pins.list(
                        Authenticator.caller(ctx),
                        PinQueries.read(ctx.queryParams(), settings.defaultStatus(), settings.maxMetaKeys()))
                .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .onSuccess(page -> json(ctx, 200, PinJson.results(page)))
                .onFailure(ctx::fail);
    }

    private void add(RoutingContext ctx) {
        requireSpace.run();
        pins.add(Authenticator.caller(ctx), draft(ctx), idempotencyKey(ctx))
                .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .onSuccess(pin -> json(ctx, 202, PinJson.status(pin)))
                .onFailure(ctx::fail);
    }

    private void get(RoutingContext ctx) {
        pins.get(Authenticator.caller(ctx), requestId(ctx))
                .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .onSuccess(pin -> json(ctx, 200, PinJson.status(pin)))
                .onFailure(ctx::fail);
    }

    private void replace(RoutingContext ctx) {
        requireSpace.run();
        pins.replace(Authenticator.caller(ctx), requestId(ctx), draft(ctx))
                .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .onSuccess(pin -> json(ctx, 202, PinJson.status(pin)))
                .onFailure(ctx::fail);
    }

    private void delete(RoutingContext ctx) {
        pins.delete(Authenticator.caller(ctx), requestId(ctx))
                .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .onSuccess(done -> ctx.response().setStatusCode(202).end())
                .onFailure(ctx::fail);
    }

    private PinDraft draft(RoutingContext ctx) {
        requireJson(ctx);
        return PinBodies.read(BoundedBody.of(ctx), settings.maxMetaKeys());
    }

    /** A body without a type is taken for JSON; one that says it is something else is not guessed at. */
    static void requireJson(RoutingContext ctx) {
        String type = ctx.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !type.matches("(?i)\\s*(application|text)/([a-z0-9.+-]+\\+)?json\\s*(;.*)?")) {
            throw new BrokerException(
                    ErrorKind.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be application/json, not '" + Shown.of(type) + "'");
        }
    }

    private static @Nullable String idempotencyKey(RoutingContext ctx) {
        String key = ctx.request().getHeader("Idempotency-Key");
        if (key == null) {
            return null;
        }
        if (ctx.request().headers().getAll("Idempotency-Key").size() > 1) {
            throw PinBodies.bad("header 'Idempotency-Key' is given more than once; give it once");
        }
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw PinBodies.bad("header 'Idempotency-Key' must have 1 to " + LONGEST_KEY + " characters");
        }
        return key;
    }

    static UUID requestId(RoutingContext ctx) {
        String text = ctx.pathParam("requestid");
        if (text.length() == 36) {
            try {
                return UUID.fromString(text);
            } catch (IllegalArgumentException e) {
                // Falls through: an id that we never gave out is one that we do not know.
            }
        }
        throw new BrokerException(ErrorKind.NOT_FOUND, "no pin has the requestid '" + Shown.of(text) + "'");
    }

    static void json(RoutingContext ctx, int status, Buffer body) {
        ctx.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(body);
    }
}
