package dev.pinfold.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.broker.pin.PinPage;
import dev.pinfold.broker.pin.PinQuery;
import dev.pinfold.broker.pin.PinQuery.Match;
import dev.pinfold.broker.pin.PinRow;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.store.PinLists.Statement;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists stay as fast as they are: no scan over all pins, the cost of counted queries does not grow, counts are exact. */
class ListPlansTest {
    private static final int FEW = 5_000;
    private static final int MANY = 50_000;
    private static final long BASE = 1_790_000_000_000L;
    private static final int STEPS = Boolean.getBoolean("pinfold.thorough") ? 1_000 : 60;
    private static final Set<PinStatus> ALL = EnumSet.allOf(PinStatus.class);

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Database database;
    private static PinLists lists;
    private static int small;
    private static int large;

    @BeforeAll
    static void fill() {
        vertx = DatabaseFixture.vertx();
        database = Database.open(
                vertx, new DatabaseConfig(SharedPostgres.freshDatabase(), folder, 4, 2, DatabaseFixture.SMALL_RESERVE));
        lists = new PinLists(database.reads(), database.writes());
        run("INSERT INTO content (cid) SELECT 'cid' || i FROM generate_series(0, 999) AS i");
        small = tenant("small");
        large = tenant("large");
        fill(small, FEW);
        fill(large, MANY);
        fold();
        run("VACUUM ANALYZE");
    }

    @AfterAll
    static void close() {
        database.close();
        vertx.close().await();
    }

    private static RowSet<Row> run(String sql, Object... parameters) {
        return database.await(database.writes().preparedQuery(sql).execute(Tuple.from(parameters)));
    }

    private static int tenant(String name) {
        return run("INSERT INTO tenant (name) VALUES ($1) RETURNING id", name)
                .iterator()
                .next()
                .getInteger(0);
    }

    private static void fill(int tenant, int pins) {
        run("""
                INSERT INTO pin (request_id, tenant_id, token_id, created, status, content, cid, name, name_fold, origins,
                  meta, info, delegates)
                SELECT gen_random_uuid(), $1::int, gen_random_uuid(), $2::bigint + i * 40, CASE WHEN i % 50 = 0 THEN i / 50 % 2
                  WHEN i % 333 = 0 THEN 3 ELSE 2 END, 'cid' || i % 1000, 'cid' || i % 1000, 'Name ' || i, 'name ' || i,
                  '[]', jsonb_build_object('app', 'a' || i), '{}', '[]'
                FROM generate_series(1, $3::int) AS i
                """, tenant, BASE, pins);
    }

    private static void fold() {
        int folded;
        do {
            folded = database.await(lists.foldTallies());
        } while (folded > 0);
    }

    private static PinQuery query(
            Set<PinStatus> statuses, long from, long to, @Nullable String name, Match match, String... contents) {
        return new PinQuery(List.of(contents), name, match, statuses, from, to, 10, Map.of());
    }

    private static PinQuery byState(Set<PinStatus> statuses, long from, long to) {
        return query(statuses, from, to, null, Match.EXACT);
    }

    private static List<PinQuery> counted() {
        long end = PinQuery.END_OF_TIME;
        long middle = BASE + FEW * 20L;
        List<PinQuery> all = new ArrayList<>();
        for (Set<PinStatus> statuses : List.of(
                ALL, Set.of(PinStatus.PINNED), Set.of(PinStatus.FAILED), Set.of(PinStatus.QUEUED, PinStatus.PINNING))) {
            all.add(byState(statuses, 0, end));
            all.add(byState(statuses, 0, middle));
            all.add(byState(statuses, BASE + 4_001, middle));
        }
        return all;
    }

    private static List<PinQuery> matched() {
        long end = PinQuery.END_OF_TIME;
        return List.of(
                query(Set.of(PinStatus.PINNED), 0, end, null, Match.EXACT, "cid17"),
                query(ALL, 0, end, "Name 4711", Match.EXACT),
                query(ALL, 0, end, "nAmE 4711", Match.IEXACT),
                query(ALL, 0, end, "ame 471", Match.PARTIAL),
                query(ALL, 0, end, "AME 471", Match.IPARTIAL),
                new PinQuery(List.of(), null, Match.EXACT, ALL, 0, end, 10, Map.of("app", "a4711")));
    }

    private static Statement statement(int tenant, PinQuery query) {
        return query.countsByTally() ? PinLists.byTime(tenant, query) : PinLists.byMatch(tenant, query);
    }

    /** The plan with what it cost when it was run: the generic one, which the broker's connections for lists use. */
    private static JsonObject plan(int tenant, PinQuery query) {
        Statement statement = statement(tenant, query);
        String values = Stream.iterate(0, i -> i + 1)
                .limit(statement.parameters().size())
                .map(i -> literal(statement.parameters().getValue(i)))
                .collect(Collectors.joining(", "));
        RowSet<Row> rows = database.await(database.writes()
                .withTransaction(sql -> sql.query("SET LOCAL plan_cache_mode = force_generic_plan")
                        .execute()
                        .compose(set ->
                                sql.query("PREPARE list AS " + statement.sql()).execute())
                        .compose(prepared -> sql.query(
                                        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE list (" + values + ")")
                                .execute())
                        .compose(plan -> sql.query("DEALLOCATE list").execute().map(plan))));
        Object json = rows.iterator().next().getValue(0);
        JsonArray plans = json instanceof JsonArray array ? array : new JsonArray(String.valueOf(json));
        return plans.getJsonObject(0).getJsonObject("Plan");
    }

    private static String literal(Object value) {
        return switch (value) {
            case Object[] array ->
                "'{" + Arrays.stream(array).map(String::valueOf).collect(Collectors.joining(",")) + "}'";
            case Number number -> number.toString();
            default -> "'" + value.toString().replace("'", "''") + "'";
        };
    }

    private static long blocks(JsonObject plan) {
        return plan.getLong("Shared Hit Blocks") + plan.getLong("Shared Read Blocks");
    }

    @Test
    void no_list_scans_all_pins() {
        List<PinQuery> all = new ArrayList<>(counted());
        all.addAll(matched());
        for (PinQuery query : all) {
            String plan = plan(large, query).encode();
            assertThat(plan)
                    .as("%s", query)
                    .doesNotContainPattern(
                            "\"Node Type\":\"Seq Scan\"[^{}]*\"Relation Name\":\"(pin|pin_tally|content|replica)\"");
        }
    }

    @Test
    void what_is_counted_by_tallies_costs_the_same_however_many_pins_there_are() {
        for (PinQuery query : counted()) {
            plan(small, query);
            plan(large, query);
            long few = blocks(plan(small, query));
            long many = blocks(plan(large, query));
            assertThat(many).as("blocks read for %s, %d of few", query, few).isLessThanOrEqualTo(few * 3 / 2 + 60);
        }
    }

    /** Also not to intersect what an index of all its pins gives with what the search found. */
    @Test
    void no_search_reads_through_the_pins_of_the_tenant() {
        for (PinQuery query : matched()) {
            assertThat(plan(large, query).encode())
                    .as("%s", query)
                    .doesNotContain("BitmapAnd")
                    .doesNotContain("pin_status")
                    .doesNotContain("pin_created");
        }
    }

    @Test
    void a_search_reads_little_of_what_matches_at_other_tenants() {
        int other = tenant("other");
        fill(other, 10);
        List<PinQuery> searches = List.of(
                query(ALL, 0, PinQuery.END_OF_TIME, "ame 4", Match.PARTIAL),
                query(ALL, 0, PinQuery.END_OF_TIME, "AME 4", Match.IPARTIAL));
        for (PinQuery query : searches) {
            plan(other, query);
            assertThat(blocks(plan(other, query))).as("%s", query).isLessThan(60);
        }
    }

    @Test
    void searches_right_after_many_inserts_read_little_more_than_after_the_index_was_tidied() {
        int fresh = tenant("fresh");
        fill(fresh, FEW);
        List<PinQuery> searches = matched();
        searches.forEach(query -> plan(fresh, query));
        List<Long> untidy =
                searches.stream().map(query -> blocks(plan(fresh, query))).toList();
        run("SELECT gin_clean_pending_list(i::regclass)"
                + " FROM unnest(ARRAY['pin_name_part', 'pin_name_fold_part', 'pin_meta']) AS i");
        for (int i = 0; i < searches.size(); i++) {
            assertThat(untidy.get(i))
                    .as("blocks read for %s", searches.get(i))
                    .isLessThanOrEqualTo(blocks(plan(fresh, searches.get(i))) + 40);
        }
    }

    @Test
    void a_walk_by_before_sees_every_pin_once_with_exact_counts() {
        long before = PinQuery.END_OF_TIME;
        List<Long> seen = new ArrayList<>();
        while (true) {
            PinPage page = database.await(
                    lists.list(small, new PinQuery(List.of(), null, Match.EXACT, ALL, 0, before, 777, Map.of())));
            assertThat(page.count()).isEqualTo(FEW - seen.size());
            page.pins().forEach(p -> seen.add(p.created()));
            if (page.pins().size() == page.count()) {
                break;
            }
            before = page.pins().getLast().created();
        }
        assertThat(seen).hasSize(FEW).doesNotHaveDuplicates().isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }

    @Test
    void counts_are_exact_after_any_inserts_changes_deletions_and_folds() {
        long seed = Long.getLong("pinfold.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int tenant = tenant("random");
        for (int step = 0; step < STEPS; step++) {
            change(tenant, random);
            for (int look = 0; look < 3; look++) {
                Set<PinStatus> statuses = EnumSet.noneOf(PinStatus.class);
                statuses.add(PinStatus.of(random.nextInt(4)));
                statuses.add(PinStatus.of(random.nextInt(4)));
                long from = random.nextBoolean() ? 0 : BASE + random.nextLong(1L << 22);
                long to = random.nextBoolean() ? PinQuery.END_OF_TIME : BASE + random.nextLong(1L << 22);
                PinQuery query = byState(statuses, from, to);
                PinPage page = database.await(lists.list(tenant, query));
                List<Long> expected = expected(tenant, query);
                assertThat(page.count())
                        .as("seed %d, step %d, %s", seed, step, query)
                        .isEqualTo(expected.size());
                assertThat(page.pins().stream().map(PinRow::created))
                        .as("seed %d, step %d, %s", seed, step, query)
                        .containsExactlyElementsOf(expected.stream().limit(10).toList());
            }
        }
    }

    private static void change(int tenant, Random random) {
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                for (int i = random.nextInt(40); i >= 0; i--) {
                    // Times of all sizes of gap, so that every level of the tallies has borders in them.
                    long created = BASE + random.nextLong(1L << random.nextInt(1, 23));
                    run("""
                            INSERT INTO pin (request_id, tenant_id, token_id, created, status, content, cid, origins, info,
                              delegates)
                            VALUES ($1, $2, $1, $3, $4, 'cid1', 'cid1', '[]', '{}', '[]') ON CONFLICT DO NOTHING
                            """, UUID.randomUUID(), tenant, created, (short) random.nextInt(4));
                }
            }
            case 2 ->
                run(
                        "UPDATE pin SET status = $2 WHERE tenant_id = $1 AND created % 7 = $3",
                        tenant, (short) random.nextInt(4), random.nextLong(7));
            case 3 -> run("DELETE FROM pin WHERE tenant_id = $1 AND created % 11 = $2", tenant, random.nextLong(11));
            default -> database.await(lists.foldTallies());
        }
    }

    private static List<Long> expected(int tenant, PinQuery query) {
        Short[] states = query.statuses().stream().map(PinStatus::code).toArray(Short[]::new);
        List<Long> created = new ArrayList<>();
        run(
                        "SELECT created FROM pin WHERE tenant_id = $1 AND status = ANY ($2) AND created >= $3 AND created < $4"
                                + " ORDER BY created DESC",
                        tenant,
                        states,
                        query.from(),
                        query.to())
                .forEach(row -> created.add(row.getLong(0)));
        return created;
    }
}
