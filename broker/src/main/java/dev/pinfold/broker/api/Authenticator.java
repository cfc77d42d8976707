package dev.pinfold.broker.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.TokenStore;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens. Known tokens are remembered for a short while; a revocation is forgotten here at once, and at other
 * brokers by a notification, without which (connection lost) nothing is remembered. The answer to a missing, unknown
 * and revoked token is the same.
 */
public final class Authenticator {
    static final String CALLER = "pinfold.caller";
    private static final int LONGEST_TOKEN = 512;

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Function<byte[], Future<Optional<Caller>>> tokens;
    private final Duration limit;
    private final AtomicLong revocations = new AtomicLong();
    private final Cache<String, Caller> known = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    public Authenticator(TokenStore tokens) {
        this(tokens::find);
    }

    /** With another way to find the caller of a hashed token. */
    public Authenticator(Function<byte[], Future<Optional<Caller>>> tokens) {
        this(tokens, LIMIT);
    }

    /** @param limit how long finding a caller may take before the request is refused as one to repeat later */
    Authenticator(Function<byte[], Future<Optional<Caller>>> tokens, Duration limit) {
        this.tokens = tokens;
        this.limit = limit;
    }

    /** Forgets a revoked token. */
    public void forget(String hashHex) {
        revocations.incrementAndGet();
        known.invalidate(hashHex);
    }

    /** Forgets all tokens: revocations may have been missed. */
    public void forgetAll() {
        revocations.incrementAndGet();
        known.invalidateAll();
    }

    /** Lets a request pass that bears a token with this scope. */
    public Handler<RoutingContext> require(Scope scope) {
        return ctx -> {
            Caller remembered = remembered(ctx);
            if (remembered != null) {
                admit(ctx, remembered, scope);
                return;
            }
            // The body must wait until somebody listens to it.
            ctx.request().pause();
            authenticate(ctx)
                    .onSuccess(caller -> {
                        ctx.request().resume();
                        admit(ctx, caller, scope);
                    })
                    .onFailure(e -> {
                        ctx.request().resume();
                        ctx.fail(e);
                    });
        };
    }

    private static void admit(RoutingContext ctx, Caller caller, Scope scope) {
        if (!caller.scopes().contains(scope) && !caller.scopes().contains(Scope.OPERATOR)) {
            ctx.fail(new BrokerException(
                    ErrorKind.FORBIDDEN,
                    "token '" + caller.tokenName() + "' lacks the scope " + scope.word()
                            + "; ask the operator for a token that has it"));
            return;
        }
        ctx.put(CALLER, caller);
        ctx.next();
    }

    private @Nullable Caller remembered(RoutingContext ctx) {
        String token = bearer(ctx);
        return token == null ? null : known.getIfPresent(HexFormat.of().formatHex(Tokens.hash(token)));
    }

    private Future<Caller> authenticate(RoutingContext ctx) {
        String token = bearer(ctx);
        if (token == null) {
            return Future.failedFuture(refused());
        }
        byte[] hash = Tokens.hash(token);
        String hashHex = HexFormat.of().formatHex(hash);
        long revocationsBefore = revocations.get();
        return tokens.apply(hash)
                .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .map(found -> {
                    Caller caller = found.orElseThrow(Authenticator::refused);
                    known.put(hashHex, caller);
                    if (revocations.get() != revocationsBefore) {
                        // Perhaps this one, after it was read and before it was remembered: nobody would forget it
                        // again.
                        known.invalidate(hashHex);
                    }
                    return caller;
                });
    }

    /** The token that a request bears; null where it bears none that could be one. */
    static @Nullable String bearer(RoutingContext ctx) {
        String header = ctx.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return null;
        }
        String token = header.substring(7).strip();
        return token.isEmpty() || token.length() > LONGEST_TOKEN ? null : token;
    }

    private static BrokerException refused() {
        return new BrokerException(
                ErrorKind.UNAUTHORIZED,
                "send a valid access token in the header 'Authorization: Bearer <token>'; make one with 'pinfold token create'");
    }

    static Caller caller(RoutingContext ctx) {
        Caller caller = ctx.get(CALLER);
        if (caller == null) {
            throw new IllegalStateException("route without authentication");
        }
        return caller;
    }
}
