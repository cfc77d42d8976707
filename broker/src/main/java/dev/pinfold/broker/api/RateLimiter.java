package dev.pinfold.broker.api;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;

/** A token bucket per access token. */
public final class RateLimiter {
    private final int requestsPerSecond;
    private final int burst;
    private final LongSupplier nanoTime;
    private final Cache<UUID, Bucket> buckets =
            Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

    public RateLimiter(int requestsPerSecond, int burst, LongSupplier nanoTime) {
        this.requestsPerSecond = requestsPerSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
    }

    Handler<RoutingContext> handler() {
        return ctx -> {
            Caller caller = Authenticator.caller(ctx);
            Integer own = caller.requestsPerSecond();
            int rate = own == null ? requestsPerSecond : own;
            int most = own == null ? burst : Math.max(own, Math.min(burst, own * 2));
            double waitSeconds = buckets.get(caller.tokenId(), id -> new Bucket(most, nanoTime.getAsLong()))
                    .take(rate, most, nanoTime.getAsLong());
            if (waitSeconds <= 0) {
                ctx.next();
                return;
            }
            long retryAfter = Math.max(1, (long) Math.ceil(waitSeconds));
            HttpServerResponse response = ctx.response();
            response.putHeader("Retry-After", Long.toString(retryAfter));
            response.putHeader("X-RateLimit-Limit", Integer.toString(most));
            response.putHeader("X-RateLimit-Remaining", "0");
            response.putHeader("X-RateLimit-Reset", Long.toString(System.currentTimeMillis() / 1000 + retryAfter));
            ctx.fail(new BrokerException(
                    ErrorKind.RATE_LIMITED,
                    "token '" + caller.tokenName() + "' may send " + rate + " requests per second; try again in "
                            + retryAfter + " s"));
        };
    }

    private static final class Bucket {
        private double tokens;
        private long at;

        Bucket(int tokens, long at) {
            this.tokens = tokens;
            this.at = at;
        }

        /** Takes one token; returns 0, or for how many seconds there is none. */
        synchronized double take(int rate, int most, long now) {
            tokens = Math.min(most, tokens + (now - at) / 1e9 * rate);
            at = now;
            if (tokens >= 1) {
                tokens -= 1;
                return 0;
            }
            return (1 - tokens) / rate;
        }
    }
}
