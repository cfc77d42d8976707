package dev.pinfold.broker.store;

import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;

/** A broker's database in a JVM of its own, to be killed: writes rows for ever and prints each after its commit. */
final class DatabaseChild {
    private DatabaseChild() {}

    public static void main(String[] arguments) {
        Database database = Database.open(
                DatabaseFixture.vertx(),
                DatabaseFixture.config(Path.of(arguments[0])),
                Migrations.load("/test-migrations/two"));
        EmbeddedPostgres postgres = database.embedded();
        System.out.println("pid " + (postgres == null ? -1 : postgres.pid()));
        long first = database.await(
                        database.reads().query("SELECT max(id) + 1 FROM note").execute())
                .iterator()
                .next()
                .getLong(0);
        for (long id = first; ; id++) {
            database.await(database.writes()
                    .preparedQuery("INSERT INTO note (id, body) VALUES ($1, 'row')")
                    .execute(Tuple.of(id)));
            System.out.println("row " + id);
        }
    }
}
