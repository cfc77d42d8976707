package dev.pinfold.broker.bench;

import dev.pinfold.broker.store.Database;
import dev.pinfold.broker.store.DatabaseConfig;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.sqlclient.Tuple;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;

/** Tenants with many pins, written straight into the database, and the list queries that are asked of them. */
final class ManyPins implements AutoCloseable {
    private static final long FIRST = 1_700_000_000_000L;
    private static final int PORTION = 10_000;
    private static final String KNOWN =
            Cid.of(Codec.RAW, "pinfold bench".getBytes(StandardCharsets.UTF_8)).toString();

    /**
     * 70 % pinned, 10 % each of the others; names and contents of their own, one content with a real CID, 50 names with
     * a word that no other has; one `created` per 400 ms.
     */
    private static final String FILL = """
            WITH t AS (SELECT id FROM tenant WHERE name = $1),
            numbers AS (SELECT n FROM generate_series($2::bigint, $3::bigint) AS n),
            contents AS (
              INSERT INTO content (cid)
              SELECT CASE n WHEN 5003 THEN $5 ELSE 'bench-' || $1 || '-' || n END FROM numbers ON CONFLICT DO NOTHING
            )
            INSERT INTO pin (request_id, tenant_id, token_id, created, status, content, cid, name, name_fold, origins,
                             meta, info, delegates, providers, goal_min, goal_target, goal_verified)
            SELECT gen_random_uuid(), t.id, gen_random_uuid(), $4::bigint + n * 400,
              CASE n % 10 WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 2 THEN 3 ELSE 2 END,
              CASE n WHEN 5003 THEN $5 ELSE 'bench-' || $1 || '-' || n END, 'bench', name.text, name.text, '[]',
              jsonb_build_object('app', 'bench', 'serial', n::text), '{}', '["/ip4/127.0.0.1/tcp/1/p2p/x"]',
              '{disk}', 1, 1, true
            FROM numbers, t, LATERAL (SELECT CASE WHEN n <= 50 THEN 'zebra-' ELSE 'name-' END || n AS text) AS name
            """;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final Database database;

    ManyPins(String url) {
        this.database =
                Database.open(vertx, new DatabaseConfig(url, Path.of(System.getProperty("java.io.tmpdir")), 2, 1, 0));
    }

    void fill(String tenant, int count) {
        for (long from = 1; from <= count; from += PORTION) {
            long to = Math.min(count, from + PORTION - 1);
            database.await(database.writes().preparedQuery(FILL).execute(Tuple.of(tenant, from, to, FIRST, KNOWN)));
        }
        database.await(database.writes().query("ANALYZE").execute());
    }

    /** A query with its texts for the small and the large tenant; some walk on with every call. */
    record Query(String name, LongFunction<String> smallPath, LongFunction<String> largePath) {
        String small(long n) {
            return smallPath.apply(n);
        }

        String large(long n) {
            return largePath.apply(n);
        }
    }

    List<Query> queries(int small, int large) {
        String all = "/pins?status=queued,pinning,pinned,failed";
        return List.of(
                same("no filter (pinned)", "/pins"),
                same("all states", all),
                same("status=failed", "/pins?status=failed"),
                same("status=queued,pinning", "/pins?status=queued,pinning"),
                same("cid", all + "&cid=" + KNOWN),
                same("name partial, 50 matches", all + "&match=partial&name=zebra"),
                same("meta, 1 match", all + "&meta=%7B%22serial%22%3A%225003%22%7D"),
                same("name exact", all + "&name=name-5003"),
                same("name iexact", all + "&match=iexact&name=NAME-5003"),
                each(
                        "before, in the middle",
                        n -> all + "&before=" + time(small / 2),
                        n -> all + "&before=" + time(large / 2)),
                each(
                        "after, in the middle",
                        n -> all + "&after=" + time(small / 2),
                        n -> all + "&after=" + time(large / 2)),
                each(
                        "window",
                        n -> all + "&after=" + time(small / 4) + "&before=" + time(small / 2),
                        n -> all + "&after=" + time(large / 4) + "&before=" + time(large / 2)),
                each(
                        "page after page",
                        n -> all + "&before=" + time(walk(small, n)),
                        n -> all + "&before=" + time(walk(large, n))),
                each(
                        "pinned, page after page",
                        n -> "/pins?before=" + time(walk(small, n)),
                        n -> "/pins?before=" + time(walk(large, n))));
    }

    private static Query same(String name, String path) {
        return new Query(name, n -> path, n -> path);
    }

    private static Query each(String name, LongFunction<String> small, LongFunction<String> large) {
        return new Query(name, small, large);
    }

    /** The n-th page of ten from the newest, beginning again after the last. */
    private static long walk(int count, long n) {
        return count - (n * 10) % count;
    }

    private static String time(long serial) {
        return URLEncoder.encode(Instant.ofEpochMilli(FIRST + serial * 400).toString(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        database.close();
        vertx.close().await();
    }
}
