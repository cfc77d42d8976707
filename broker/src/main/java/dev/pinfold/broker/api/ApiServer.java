package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The application listener: puts the routes together and opens the port. */
public final class ApiServer implements AutoCloseable {
    private final HttpServer server;
    private final List<String> routes;

    private ApiServer(HttpServer server, Router router) {
        this.server = server;
        this.routes = router.getRoutes().stream()
                .filter(route -> route.getPath() != null && route.methods() != null)
                .flatMap(route -> route.methods().stream().map(method -> method + " " + route.getPath()))
                .distinct()
                .sorted()
                .toList();
    }

    /** Opens the listener; a port that is taken is an {@link IllegalStateException} that says so. */
    public static ApiServer open(
            Vertx vertx, BrokerConfig.Listen listen, BrokerConfig.Cors cors, Errors errors, Consumer<Router> routes) {
        Router router = Router.router(vertx);
        CorsHandler corsHandler = CorsHandler.create()
                .allowedMethods(Set.of(
                        HttpMethod.GET,
                        HttpMethod.HEAD,
                        HttpMethod.POST,
                        HttpMethod.PUT,
                        HttpMethod.DELETE,
                        HttpMethod.OPTIONS))
                .allowedHeaders(Set.of(
                        "Authorization",
                        "Content-Type",
                        "Accept",
                        "Range",
                        "If-Range",
                        "If-None-Match",
                        "Cache-Control",
                        "User-Agent",
                        "X-Requested-With",
                        "Idempotency-Key"))
                .exposedHeaders(Set.of(
                        "Retry-After",
                        "X-RateLimit-Limit",
                        "X-RateLimit-Remaining",
                        "X-RateLimit-Reset",
                        "Content-Length",
                        "Content-Range",
                        "Content-Location",
                        "ETag",
                        "X-Ipfs-Path",
                        "X-Ipfs-Roots"))
                .maxAgeSeconds(3600);
        cors.origins().forEach(corsHandler::addOrigin);
        router.route().handler(corsHandler);
        routes.accept(router);
        OpenApi.mount(router);
        router.route("/pins").handler(ctx -> notAllowed(ctx, "GET, POST"));
        router.route("/pins/:requestid").handler(ctx -> notAllowed(ctx, "GET, POST, DELETE"));
        router.route().failureHandler(errors::handle);
        for (int status : new int[] {400, 404, 405, 413, 414, 415, 500}) {
            router.errorHandler(status, errors::handle);
        }
        return new ApiServer(listen(vertx, listen, router, "listen"), router);
    }

    private static void notAllowed(RoutingContext ctx, String allowed) {
        ctx.response().putHeader(HttpHeaders.ALLOW, allowed);
        ctx.fail(new BrokerException(
                ErrorKind.METHOD_NOT_ALLOWED,
                ctx.request().method() + " is not a method of this path; it takes " + allowed));
    }

    static HttpServer listen(Vertx vertx, BrokerConfig.Listen listen, Router router, String key) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(listen.host())
                .setPort(listen.port())
                .setCompressionSupported(false)
                .setMaxInitialLineLength(16 * 1024)
                .setMaxHeaderSize(16 * 1024)
                .setIdleTimeout(120)
                .setTcpNoDelay(true);
        try {
            return vertx.createHttpServer(options)
                    .requestHandler(request -> {
                        if (Errors.escapesWell(request)) {
                            router.handle(request);
                        } else {
                            Errors.badEscape(request);
                        }
                    })
                    .invalidRequestHandler(Errors::unreadable)
                    .listen()
                    .await(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "listening on " + listen.host() + ":" + listen.port() + " took too long", e);
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "cannot listen on " + listen.host() + ":" + listen.port() + " (" + e.getMessage()
                            + "); is another broker running? Choose another port with --port or " + key + ".port",
                    e);
        }
    }

    /** Every method and path that is served, as {@code GET /pins/:requestid}. */
    public List<String> routes() {
        return routes;
    }

    /** The port, also where the configuration said 0. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        try {
            server.close().await(5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // Whoever is still connected is cut off when the event loops end.
        }
    }
}
