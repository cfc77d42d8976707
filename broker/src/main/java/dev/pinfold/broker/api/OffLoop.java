package dev.pinfold.broker.api;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;

/** Answers of the operator API that are worked out with blocking calls, on a virtual thread each. */
final class OffLoop {
    private OffLoop() {}

    /** Works an answer out. */
    interface Work {
        Answer answer() throws Exception;
    }

    /** A status with a JSON document. */
    record Answer(int status, JsonObject json) {}

    /** Sends what the work gives; what it throws is told as every failure is. */
    static Handler<RoutingContext> answering(Function<RoutingContext, Work> request) {
        return ctx -> {
            Work work = request.apply(ctx);
            run(ctx, work::answer, answer -> send(ctx, answer));
        };
    }

    /** Works something out and goes on with it on the event loop. */
    static <T> void run(RoutingContext ctx, Callable<T> work, Consumer<T> then) {
        Context context = ctx.vertx().getOrCreateContext();
        // Not a Vert.x worker: waiting for the database is refused there.
        Thread.ofVirtual().name("operator").start(() -> {
            try {
                T result = work.call();
                context.runOnContext(none -> then.accept(result));
            } catch (Exception e) {
                context.runOnContext(none -> ctx.fail(e));
            }
        });
    }

    static void send(RoutingContext ctx, Answer answer) {
        ctx.response()
                .setStatusCode(answer.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(answer.json().toBuffer());
    }

    static Answer ok(JsonObject json) {
        return new Answer(200, json);
    }
}
