package dev.pinfold.broker.api;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.store.Database;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The management listener: {@code /livez}, {@code /readyz}, {@code /metrics}. No authentication: keep it private. */
public final class ManagementServer implements AutoCloseable {
    private final HttpServer server;
    private volatile boolean started;

    private ManagementServer(
            Vertx vertx, BrokerConfig.Listen listen, Database database, PrometheusMeterRegistry meters) {
        Router router = Router.router(vertx);
        router.get("/livez").handler(ctx -> json(ctx, 200, new JsonObject().put("status", "up")));
        router.get("/readyz").handler(ctx -> ready(ctx, database));
        router.get("/metrics")
                .handler(ctx -> ctx.vertx()
                        .executeBlocking(meters::scrape, false)
                        .onSuccess(text -> ctx.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                                .end(text))
                        .onFailure(ctx::fail));
        this.server = ApiServer.listen(vertx, listen, router, "management");
    }

    public static ManagementServer open(
            Vertx vertx, BrokerConfig.Listen listen, Database database, PrometheusMeterRegistry meters) {
        return new ManagementServer(vertx, listen, database, meters);
    }

    /** From now on the broker may be sent traffic, as long as its database answers. */
    public void started() {
        started = true;
    }

    private void ready(RoutingContext ctx, Database database) {
        if (!started) {
            json(ctx, 503, new JsonObject().put("status", "starting"));
            return;
        }
        database.health()
                .onSuccess(health -> json(
                        ctx,
                        health.up() ? 200 : 503,
                        new JsonObject()
                                .put("status", health.up() ? "up" : "down")
                                .put("database", health.up() ? "up" : health.detail())
                                .put("acceptsWrites", database.hasSpace())))
                .onFailure(e -> json(ctx, 503, new JsonObject().put("status", "down")));
    }

    private static void json(RoutingContext ctx, int status, JsonObject body) {
        PinRoutes.json(ctx, status, body.toBuffer());
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        try {
            server.close().await(5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // Ends with the event loops.
        }
    }
}
