package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.ContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every failure into {@code {"error":{"reason","details"}}} with its status (PSA v1.0.0, schema Failure). */
public final class Errors {
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final Logger log = LoggerFactory.getLogger(Errors.class);

    private static final long DISCARD_MILLIS = 5_000;

    private final Function<Throwable, BrokerException> translate;

    /**
     * Makes the handler.
     *
     * @param translate says what a failure of the database means
     */
    public Errors(Function<Throwable, BrokerException> translate) {
        this.translate = translate;
    }

    void handle(RoutingContext ctx) {
        BrokerException error = error(ctx);
        HttpServerResponse response = ctx.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            // Part of the answer is out: only a broken connection tells the client that it is not whole.
            ctx.request().connection().close();
            return;
        }
        ErrorKind kind = error.kind();
        if (kind == ErrorKind.INTERNAL_SERVER_ERROR) {
            log.error(
                    "request failed method={} path={}",
                    ctx.request().method(),
                    ctx.request().path(),
                    ctx.failure());
        }
        if (kind == ErrorKind.UNAUTHORIZED) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (kind.retryable() && !response.headers().contains("Retry-After")) {
            response.putHeader("Retry-After", "5");
        }
        discardRest(ctx);
        response.setStatusCode(kind.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(body(kind, error.details()));
    }

    /** Answers what is no HTTP request, and ends the connection: nobody knows where the next request would start. */
    static void unreadable(HttpServerRequest request) {
        Throwable why = request.decoderResult().cause();
        int status = switch (why) {
            case TooLongHttpLineException line -> 414;
            case TooLongHttpHeaderException header -> 431;
            case null, default -> 400;
        };
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CONNECTION, "close")
                .end(body(
                        ErrorKind.BAD_REQUEST,
                        "this is not an HTTP request that can be read: " + Shown.of(String.valueOf(why))))
                .onComplete(done -> request.connection().close());
    }

    /** Whether the path's percent signs are escapes; a router fails on others as if the fault were here. */
    static boolean escapesWell(HttpServerRequest request) {
        String path = request.path();
        return path == null || !BAD_ESCAPE.matcher(path).find();
    }

    /** Answers a request whose path has a percent sign that begins no escape. */
    static void badEscape(HttpServerRequest request) {
        request.response()
                .setStatusCode(400)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(
                        body(
                                ErrorKind.BAD_REQUEST,
                                "the path " + Shown.of(String.valueOf(request.path()))
                                        + " has a % that is not followed by two hexadecimal digits; write %25 for a percent sign"));
    }

    /**
     * Reads on for a short while what the client is still sending: one that is cut off while it sends often never sees
     * the answer.
     */
    private static void discardRest(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (request.isEnded()) {
            return;
        }
        request.exceptionHandler(e -> {});
        request.handler(chunk -> {});
        request.resume();
        ctx.vertx().setTimer(DISCARD_MILLIS, timer -> {
            if (!request.isEnded()) {
                request.connection().close();
            }
        });
    }

    static io.vertx.core.buffer.Buffer body(ErrorKind kind, String details) {
        return new JsonObject()
                .put("error", new JsonObject().put("reason", kind.reason()).put("details", details))
                .toBuffer();
    }

    private BrokerException error(RoutingContext ctx) {
        Throwable failure = ctx.failure();
        return switch (failure) {
            case null -> ofStatus(ctx);
            case BrokerException broker -> broker;
            case ContentException content ->
                new BrokerException(ErrorKind.BAD_REQUEST, String.valueOf(content.getMessage()), content);
            case io.vertx.ext.web.handler.HttpException http -> ofStatus(ctx);
            default -> translate.apply(failure);
        };
    }

    private static BrokerException ofStatus(RoutingContext ctx) {
        String where = ctx.request().method() + " "
                + Shown.of(String.valueOf(ctx.request().path()));
        return switch (ctx.statusCode()) {
            case 400 -> new BrokerException(ErrorKind.BAD_REQUEST, where + ": the request cannot be read");
            case 404 ->
                new BrokerException(
                        ErrorKind.NOT_FOUND, where + ": there is nothing here; the pinning API is at /pins");
            case 405 ->
                new BrokerException(ErrorKind.METHOD_NOT_ALLOWED, where + ": this path does not take that method");
            case 413 -> new BrokerException(ErrorKind.PAYLOAD_TOO_LARGE, where + ": the body is too large");
            case 415 ->
                new BrokerException(ErrorKind.UNSUPPORTED_MEDIA_TYPE, where + ": this content type is not taken here");
            default ->
                new BrokerException(ErrorKind.INTERNAL_SERVER_ERROR, where + ": the broker failed; its log says more");
        };
    }
}
