package dev.pinfold.broker.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that listens. When it is lost it is opened again and listens to the same channels; what was sent in
 * between is gone, so every listener is told to look for itself.
 *
 * <p>All state is touched on one Vert.x context only.
 */
final class Notifications {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final long PROBE_MS = 15_000;

    private record Listener(Consumer<String> handler, Runnable missed) {}

    private final Vertx vertx;
    private final Context context;
    private final PgConnectOptions options;
    private final Map<String, List<Listener>> listeners = new LinkedHashMap<>();
    private @Nullable PgConnection connection;
    private boolean connecting;
    private boolean closed;
    private long pause = FIRST_PAUSE_MS;
    private final long prober;

    Notifications(Vertx vertx, PgConnectOptions options) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.options = options;
        this.prober = vertx.setPeriodic(PROBE_MS, ignored -> context.runOnContext(v -> probe()));
    }

    /** Registers a listener; it hears {@code missed} once when listening begins, and again after every gap. */
    void listen(String channel, Consumer<String> handler, Runnable missed) {
        if (!channel.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("a channel name is [a-z][a-z0-9_]{0,62}: " + channel);
        }
        Listener listener = new Listener(handler, missed);
        context.runOnContext(ignored -> {
            listeners.computeIfAbsent(channel, c -> new ArrayList<>()).add(listener);
            PgConnection current = connection;
            if (current == null) {
                connect();
            } else {
                current.query("LISTEN " + channel)
                        .execute()
                        .onSuccess(done -> missed.run())
                        .onFailure(failure -> current.close());
            }
        });
    }

    private void connect() {
        if (connecting || closed) {
            return;
        }
        connecting = true;
        PgConnection.connect(vertx, options)
                .compose(fresh -> listenToAll(fresh).map(fresh).onFailure(failure -> fresh.close()))
                .onComplete(result -> context.runOnContext(ignored -> {
                    connecting = false;
                    if (result.succeeded()) {
                        adopt(result.result());
                    } else {
                        LOG.debug("the listening connection cannot be opened", result.cause());
                        connectLater();
                    }
                }));
    }

    private Future<Void> listenToAll(PgConnection fresh) {
        fresh.notificationHandler(this::deliver);
        Future<Void> done = Future.succeededFuture();
        for (String channel : List.copyOf(listeners.keySet())) {
            done = done.compose(v -> fresh.query("LISTEN " + channel).execute().mapEmpty());
        }
        return done;
    }

    private void adopt(PgConnection fresh) {
        if (closed) {
            fresh.close();
            return;
        }
        connection = fresh;
        pause = FIRST_PAUSE_MS;
        fresh.closeHandler(ignored -> context.runOnContext(v -> {
            connection = null;
            connectLater();
        }));
        // A channel added while the connection was being opened is listened to here; the others once more, harmlessly.
        listenToAll(fresh)
                .onSuccess(ignored -> listeners
                        .values()
                        .forEach(all -> all.forEach(each -> each.missed().run())))
                .onFailure(failure -> fresh.close());
    }

    private void connectLater() {
        if (!closed) {
            vertx.setTimer(pause, ignored -> context.runOnContext(v -> connect()));
            pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
        }
    }

    private void deliver(PgNotification notification) {
        for (Listener listener : listeners.getOrDefault(notification.getChannel(), List.of())) {
            listener.handler().accept(notification.getPayload());
        }
    }

    /** A connection whose other end vanished without a word is found out by asking. */
    private void probe() {
        PgConnection current = connection;
        if (current != null) {
            current.query("SELECT 1")
                    .execute()
                    .timeout(PROBE_MS / 3, TimeUnit.MILLISECONDS)
                    .onFailure(failure -> current.close());
        }
    }

    void close() {
        vertx.cancelTimer(prober);
        context.runOnContext(ignored -> {
            closed = true;
            if (connection != null) {
                connection.close();
            }
        });
    }
}
