package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a small body whole, up to a limit. Vert.x's BodyHandler must come before authentication; this one comes after
 * it, so that nobody unknown makes the broker hold a body.
 */
final class BoundedBody {
    private static final String KEY = "pinfold.body";

    private BoundedBody() {}

    static Handler<RoutingContext> upTo(long mostBytes) {
        return ctx -> {
            HttpServerRequest request = ctx.request();
            if (announced(request) > mostBytes) {
                ctx.fail(tooLarge(mostBytes));
                return;
            }
            Buffer body = Buffer.buffer();
            boolean[] refused = new boolean[1];
            request.handler(chunk -> {
                if (refused[0]) {
                    return;
                }
                if (body.length() + chunk.length() > mostBytes) {
                    refused[0] = true;
                    ctx.fail(tooLarge(mostBytes));
                } else {
                    body.appendBuffer(chunk);
                }
            });
            request.endHandler(end -> {
                if (!refused[0]) {
                    ctx.put(KEY, body.getBytes());
                    ctx.next();
                }
            });
            request.exceptionHandler(e -> {
                if (!refused[0]) {
                    refused[0] = true;
                    ctx.fail(new BrokerException(ErrorKind.BAD_REQUEST, "the body ended before it was whole", e));
                }
            });
        };
    }

    private static long announced(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return length == null || !length.matches("[0-9]{1,18}") ? 0 : Long.parseLong(length);
    }

    private static BrokerException tooLarge(long mostBytes) {
        return new BrokerException(
                ErrorKind.PAYLOAD_TOO_LARGE, "the body is larger than the " + mostBytes + " bytes that are taken here");
    }

    /** The body that was read. */
    static byte[] of(RoutingContext ctx) {
        byte[] body = ctx.get(KEY);
        if (body == null) {
            throw new IllegalStateException("route without a body handler");
        }
        return body;
    }

    /** A JSON object with no other fields than these. */
    static JsonNode object(RoutingContext ctx, Set<String> known) {
        PinRoutes.requireJson(ctx);
        JsonNode body = PinBodies.json(of(ctx));
        if (!body.isObject()) {
            throw PinBodies.bad("the body must be a JSON object");
        }
        body.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw PinBodies.bad("the body has an unknown field '" + Shown.of(field) + "'; known are "
                        + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        });
        return body;
    }
}
