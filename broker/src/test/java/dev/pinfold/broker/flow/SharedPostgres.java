package dev.pinfold.broker.flow;

import dev.pinfold.broker.store.EmbeddedPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL for all brokers of a test JVM: starting one takes seconds, making a database takes a moment. */
public final class SharedPostgres {
    private static final AtomicInteger MADE = new AtomicInteger();

    private SharedPostgres() {}

    /** Started when first needed, stopped with the JVM. */
    private static final class Server {
        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start(Files.createTempDirectory("pinfold-flows"));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shared-postgres"));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Makes an empty database and returns its URL. */
    public static String freshDatabase() {
        String name = "flow_" + MADE.incrementAndGet();
        PgConnectOptions options = Server.RUNNING.connectOptions();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        try {
            PgConnection sql = PgConnection.connect(vertx, options).await(20, TimeUnit.SECONDS);
            sql.query("CREATE DATABASE " + name).execute().await(60, TimeUnit.SECONDS);
            sql.close().await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the shared PostgreSQL does not answer", e);
        } finally {
            vertx.close().await();
        }
        return "postgresql://" + encoded(options.getUser()) + ":" + encoded(options.getPassword()) + "@"
                + encoded(options.getHost()) + "/" + name;
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
