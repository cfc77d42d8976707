package dev.pinfold.broker.bench;

import dev.pinfold.broker.store.Database;
import dev.pinfold.broker.store.DatabaseConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.util.UUID;

/**
 * The reference: what Vert.x and PostgreSQL give at best on this machine. One handler does one INSERT, one does one
 * SELECT by primary key, one reads ten rows of an index; nothing is checked and nobody is authenticated.
 */
final class BareServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final Database database;
    private final HttpServer server;

    BareServer(DatabaseConfig config) {
        this.database = Database.open(vertx, config);
        Pool writes = database.writes();
        SqlClient reads = database.reads();
        database.await(writes.query("""
                        CREATE TABLE IF NOT EXISTS bench_reference (
                          id uuid PRIMARY KEY, created bigint GENERATED ALWAYS AS IDENTITY UNIQUE, body text NOT NULL)
                        """).execute());
        Router router = Router.router(vertx);
        router.post("/pins")
                .handler(ctx -> ctx.request()
                        .body()
                        .compose(body -> {
                            UUID id = UUID.randomUUID();
                            return writes.preparedQuery("INSERT INTO bench_reference (id, body) VALUES ($1, $2)")
                                    .execute(Tuple.of(id, body.toString()))
                                    .map(id);
                        })
                        .onSuccess(id -> ctx.response().setStatusCode(202).end("{\"requestid\":\"" + id + "\"}"))
                        .onFailure(ctx::fail));
        router.get("/pins/:id")
                .handler(ctx -> reads.preparedQuery("SELECT id, body FROM bench_reference WHERE id = $1")
                        .execute(Tuple.of(UUID.fromString(ctx.pathParam("id"))))
                        .onSuccess(rows -> ctx.response().end(text(rows)))
                        .onFailure(ctx::fail));
        router.get("/pins")
                .handler(ctx -> reads.preparedQuery(
                                "SELECT id, body FROM bench_reference ORDER BY created DESC LIMIT 10")
                        .execute()
                        .onSuccess(rows -> ctx.response().end(text(rows)))
                        .onFailure(ctx::fail));
        this.server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
    }

    private static String text(Iterable<Row> rows) {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append("{\"requestid\":\"")
                .append(row.getUUID(0))
                .append("\",\"pin\":")
                .append(row.getString(1))
                .append('}'));
        return text.toString();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    @Override
    public void close() {
        server.close().await();
        database.close();
        vertx.close().await();
    }
}
