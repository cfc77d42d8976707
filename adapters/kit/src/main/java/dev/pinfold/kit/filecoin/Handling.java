package dev.pinfold.kit.filecoin;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers requests off the event loop, and lets go wrong what shall go wrong. */
final class Handling {
    private final Vertx vertx;
    private final Executor workers;
    private final CallFaults faults;

    Handling(Vertx vertx, Executor workers, CallFaults faults) {
        this.vertx = vertx;
        this.workers = workers;
        this.faults = faults;
    }

    CallFaults faults() {
        return faults;
    }

    /** Draws the fault of this call and answers accordingly. */
    void serve(HttpServerRequest request, String call, Callable<Reply> work) {
        serve(request, faults.draw(call), error -> Reply.text(500, error.message()), work);
    }

    void serve(
            HttpServerRequest request,
            @Nullable CallFault fault,
            java.util.function.Function<CallFault.Fails, Reply> errors,
            Callable<Reply> work) {
        switch (fault) {
            case null -> run(work, reply -> reply.send(request));
            case CallFault.LoseReply lose -> run(work, reply -> Door.cut(request));
            case CallFault.Reset reset -> Door.cut(request);
            case CallFault.Hang hang -> hang(request, hang, work);
            case CallFault.Slow slow ->
                vertx.setTimer(millis(slow.delay()), timer -> run(work, reply -> reply.send(request)));
            case CallFault.Answer other ->
                Reply.text(other.status(), other.body()).send(request);
            case CallFault.Fails error -> errors.apply(error).send(request);
        }
    }

    private void hang(HttpServerRequest request, CallFault.Hang hang, Callable<Reply> work) {
        if (hang.applied()) {
            run(work, reply -> {});
        }
        vertx.setTimer(millis(hang.atMost()), timer -> Door.cut(request));
    }

    private void run(Callable<Reply> work, Consumer<Reply> then) {
        Context context = vertx.getOrCreateContext();
        workers.execute(() -> {
            Reply reply = attempt(work);
            context.runOnContext(back -> then.accept(reply));
        });
    }

    /** An error of the simulator itself must be seen by whoever looks at the answer. */
    private static Reply attempt(Callable<Reply> work) {
        try {
            return work.call();
        } catch (Exception e) {
            return Reply.text(500, Words.simulated("failed with " + e));
        }
    }

    static long millis(Duration duration) {
        return Math.max(1, duration.toMillis());
    }
}
