package dev.pinfold.broker.store;

import dev.pinfold.broker.replica.Change;
import dev.pinfold.broker.replica.Replica;
import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replicas in PostgreSQL: claimed by lease, recorded under a fencing number. Only the intent to send an order waits for
 * the disk: anything else that a crash takes back is observed again. Calls block; they are made on virtual
 * threads only. Whoever needs both locks the content before the replica.
 */
public final class ReplicaStore {
    private static final String CLAIM = """
            UPDATE replica r
            SET lease_until = now() + $3 * interval '1 millisecond', lease_owner = $4, fence = floor(random() * 9e15)::bigint
            FROM (
              SELECT due.id FROM unnest($1::text[], $2::int[]) AS q (provider, room),
              LATERAL (
                SELECT id FROM replica
                WHERE provider = q.provider AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
                ORDER BY due_at LIMIT q.room FOR UPDATE SKIP LOCKED
              ) AS due
            ) AS mine
            WHERE r.id = mine.id
            RETURNING r.id, r.content, r.provider, r.state, r.fence, r.order_key, r.upstream_id, r.attempts, r.looks,
              r.since, r.seen_at,
              EXISTS (SELECT 1 FROM pin WHERE pin.content = r.content AND r.provider = ANY (pin.providers))
                OR EXISTS (
                    SELECT 1 FROM pin_gone WHERE pin_gone.content = r.content
                      AND (r.state IN ('claimed', 'verified', 'lost') OR r.provider = ANY (pin_gone.move_to)))
                  AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.content = r.content),
              (SELECT array_agg(DISTINCT o) FROM (
                 SELECT jsonb_array_elements_text(pin.origins) AS o FROM pin WHERE pin.content = r.content LIMIT 20) AS x)
            """;

    private static final String EXTEND = """
            UPDATE replica SET lease_until = now() + $3 * interval '1 millisecond'
            FROM unnest($1::bigint[], $2::bigint[]) AS held (id, fence)
            WHERE replica.id = held.id AND replica.fence = held.fence
            """;

    private static final String INTEND = """
            UPDATE replica SET state = 'ordered', order_key = $3, attempts = attempts + 1, looks = 0, since = now()
            WHERE id = $1 AND fence = $2 AND state = 'planned'
            """;

    private static final String RECORD = """
            WITH told AS (
              UPDATE content SET due_at = now() WHERE cid = $3 AND $4 RETURNING cid
            ), before AS (
              SELECT id, state FROM replica WHERE id = $1 AND (SELECT count(*) FROM told) >= 0
            ), done AS (
              UPDATE replica SET
                state = $5, order_key = $6, upstream_id = $7, delegates = coalesce($8::text::jsonb, delegates),
                attempts = $9, looks = $10,
                since = CASE WHEN replica.state = $5 THEN since ELSE now() END,
                seen_at = CASE WHEN $11 THEN now() ELSE seen_at END,
                -- A claim says nothing about a copy that was missed, as long as it can be checked.
                lost_at = CASE WHEN $5 = 'lost' THEN coalesce(lost_at, now())
                  WHEN $5 = 'verified' OR ($5 = 'claimed' AND $12 = 'not-checkable') THEN NULL ELSE lost_at END,
                verified_at = CASE WHEN $5 = 'verified' AND $11 THEN now() ELSE verified_at END,
                failure = $12, detail = $13, evidence = coalesce($14, evidence),
                due_at = now() + $15 * interval '1 millisecond', lease_until = NULL
              FROM before
              WHERE replica.id = before.id AND fence = $2
              RETURNING content, provider, before.state AS old_state
            ), noted AS (
              INSERT INTO event (content, provider, type, detail)
              SELECT content, provider, 'replica.' || $5, $13 FROM done WHERE old_state <> $5
            )
            SELECT count(*) FROM done
            """;

    private static final String FORGET = """
            WITH told AS (
              UPDATE content SET due_at = now() WHERE cid = $3 RETURNING cid
            ), gone AS (
              DELETE FROM replica WHERE id = $1 AND fence = $2 AND (SELECT count(*) FROM told) >= 0
              RETURNING content, provider
            ), noted AS (
              INSERT INTO event (content, provider, type) SELECT content, provider, 'replica.gone' FROM gone
            )
            SELECT count(*) FROM gone
            """;

    private static final String POSTPONE = """
            UPDATE replica SET due_at = now() + $3 * interval '1 millisecond', lease_until = NULL
            WHERE id = $1 AND fence = $2
            """;

    private static final String ABANDON = """
            UPDATE replica SET lease_until = NULL
            WHERE lease_owner = $1 AND lease_until IS NOT NULL AND id <> ALL ($2::bigint[])
            """;

    private static final String SIZE = "UPDATE content SET size_bytes = $2 WHERE cid = $1 AND size_bytes IS NULL";

    private static final String REPORT = "UPDATE content SET source_report = $2 WHERE cid = $1";

    private static final String USAGE = """
            SELECT provider, count(*), coalesce(sum(content.size_bytes), 0)::bigint
            FROM replica JOIN content ON content.cid = replica.content
            WHERE state <> 'failed' GROUP BY provider
            """;

    private static final String LOST = "SELECT count(*), count(DISTINCT provider) FROM replica WHERE state = 'lost'";

    private static final String LOST_SINCE = """
            SELECT provider, count(*) FROM event
            WHERE type = 'replica.lost' AND at > now() - $1 * interval '1 millisecond' GROUP BY provider
            """;

    private static final String UPSTREAM_IDS = """
            SELECT content, coalesce(upstream_id, '') FROM replica WHERE provider = $1 AND content = ANY ($2)
            """;

    private static final String HOLDERS =
            "SELECT provider FROM replica WHERE content = $1 AND state IN ('claimed', 'verified') ORDER BY state DESC";

    private static final String STILL_NEEDED = """
            SELECT EXISTS (SELECT 1 FROM replica WHERE content = $1 AND state NOT IN ('claimed', 'verified', 'retiring'))
                OR EXISTS (SELECT 1 FROM pin WHERE content = $1 AND (providers IS NULL OR status <> 2))
                OR EXISTS (SELECT 1 FROM cold_due WHERE content = $1)
                OR EXISTS (SELECT 1 FROM piece_entry WHERE content = $1 AND car_offset IS NULL AND removed_at IS NULL)
            """;

    private final Database database;
    private final UUID owner;

    /**
     * Makes the store.
     *
     * @param owner this broker's own id, the same after every restart
     */
    public ReplicaStore(Database database, UUID owner) {
        this.database = database;
        this.owner = owner;
    }

    private RowSet<Row> run(String sql, Tuple parameters) {
        return database.await(database.bookkeeping().preparedQuery(sql).execute(parameters));
    }

    /**
     * Claims due replicas for this broker alone, until the lease ends.
     *
     * @param room how many may be claimed, by provider
     */
    public List<Replica> claim(Map<String, Integer> room, Duration lease) {
        String[] providers = room.keySet().toArray(String[]::new);
        Integer[] rooms = new Integer[providers.length];
        for (int i = 0; i < providers.length; i++) {
            rooms[i] = room.getOrDefault(providers[i], 0);
        }
        List<Replica> claimed = new ArrayList<>();
        for (Row row : run(CLAIM, Tuple.of(providers, rooms, lease.toMillis(), owner))) {
            claimed.add(replica(row));
        }
        return claimed;
    }

    private static Replica replica(Row row) {
        OffsetDateTime seen = row.getOffsetDateTime(10);
        String @Nullable [] origins = row.getArrayOfStrings(12);
        return new Replica(
                row.getLong(0),
                Cid.parse(row.getString(1)),
                row.getString(2),
                ReplicaState.ofWord(row.getString(3)),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getInteger(7),
                row.getInteger(8),
                row.getOffsetDateTime(9).toInstant(),
                seen == null ? null : seen.toInstant(),
                row.getBoolean(11),
                origins == null ? List.of() : List.of(origins));
    }

    /** Makes the leases of replicas that are still being worked on longer. */
    public void extend(Collection<Replica> held, Duration lease) {
        Long[] ids = held.stream().map(Replica::id).toArray(Long[]::new);
        Long[] fences = held.stream().map(Replica::fence).toArray(Long[]::new);
        run(EXTEND, Tuple.of(ids, fences, lease.toMillis()));
    }

    /**
     * Writes down that the provider is about to be asked. Nothing is sent before this returned true.
     *
     * @return false when the claim is no longer ours
     */
    public boolean intend(Replica replica, String orderKey) {
        Tuple intent = Tuple.of(replica.id(), replica.fence(), orderKey);
        return database.await(database.writes().preparedQuery(INTEND).execute(intent))
                        .rowCount()
                > 0;
    }

    /**
     * Records the outcome of a step, notes a change of state as an event and lets the pins be looked at again.
     *
     * @return false when the claim is no longer ours; then nothing was recorded
     */
    public boolean record(Replica replica, Change change) {
        List<String> delegates = change.delegates();
        boolean matters = change.state() != replica.state() || change.detail() != null;
        Tuple tuple = Tuple.of(
                        replica.id(),
                        replica.fence(),
                        replica.content().canonical(),
                        matters,
                        change.state().word())
                .addValue(change.orderKey())
                .addValue(change.upstreamId())
                .addValue(delegates == null ? null : new JsonArray(delegates).encode())
                .addValue(change.attempts())
                .addValue(change.looks())
                .addValue(change.seen())
                .addValue(change.failure())
                .addValue(change.detail())
                .addValue(change.evidence())
                .addValue(change.next().toMillis());
        return run(RECORD, tuple).iterator().next().getLong(0) > 0;
    }

    /**
     * Removes a replica that the provider no longer has, and lets its content be looked at: by then a pin may want it
     * again, or nobody the content at all.
     *
     * @return false when the claim is no longer ours
     */
    public boolean forget(Replica replica) {
        return run(
                                FORGET,
                                Tuple.of(
                                        replica.id(),
                                        replica.fence(),
                                        replica.content().canonical()))
                        .iterator()
                        .next()
                        .getLong(0)
                > 0;
    }

    /** Gives a claim back unchanged, to be claimed again after a pause. */
    public void postpone(Replica replica, Duration pause) {
        run(POSTPONE, Tuple.of(replica.id(), replica.fence(), pause.toMillis()));
    }

    /**
     * Gives up the claims that this broker holds in the database, in this run or an earlier one, but does not work on.
     *
     * @param inHand ids of the replicas that are worked on
     */
    public int abandonClaims(Collection<Long> inHand) {
        return run(ABANDON, Tuple.of(owner).addValue(inHand.toArray(Long[]::new)))
                .rowCount();
    }

    /** Stores the size of a DAG once it is known. */
    public void learnSize(Cid content, long bytes) {
        run(SIZE, Tuple.of(content.canonical(), bytes));
    }

    /** Stores what the sources said when the bytes were looked for. */
    public void reportSources(Cid content, @Nullable String report) {
        run(REPORT, Tuple.of(content.canonical(), report));
    }

    /** What each provider holds for us. */
    public record Usage(long pins, long bytes) {}

    /** Counts what each provider holds for us. */
    public Map<String, Usage> usage() {
        Map<String, Usage> usage = new java.util.HashMap<>();
        for (Row row : run(USAGE, Tuple.tuple())) {
            usage.put(row.getString(0), new Usage(row.getLong(1), row.getLong(2)));
        }
        return usage;
    }

    /** Copies that are lost now, and at how many providers. */
    public record Lost(long copies, long providers) {}

    /** Counts the copies that are lost and not replaced yet. */
    public Lost lost() {
        Row row = run(LOST, Tuple.tuple()).iterator().next();
        return new Lost(row.getLong(0), row.getLong(1));
    }

    /** How many copies were found lost within a time, by provider. */
    public Map<String, Integer> lostSince(Duration window) {
        Map<String, Integer> lost = new java.util.HashMap<>();
        run(LOST_SINCE, Tuple.of(window.toMillis())).forEach(row -> lost.put(row.getString(0), row.getInteger(1)));
        return lost;
    }

    /** The providers' ids of copies at one provider, by content; an empty id where none is known yet. */
    public Map<String, String> upstreamIds(String provider, Collection<String> contents) {
        Map<String, String> ids = new java.util.HashMap<>();
        for (Row row : run(UPSTREAM_IDS, Tuple.of(provider).addValue(contents.toArray(String[]::new)))) {
            ids.put(row.getString(0), row.getString(1));
        }
        return ids;
    }

    /** The providers that hold a content, the verified ones first. */
    public List<String> holders(Cid content) {
        List<String> holders = new ArrayList<>();
        for (Row row : run(HOLDERS, Tuple.of(content.canonical()))) {
            holders.add(row.getString(0));
        }
        return holders;
    }

    /** Whether some copy is still to be made of a content, or a piece with it, so that its staged bytes are needed. */
    public boolean needsBytes(Cid content) {
        return run(STILL_NEEDED, Tuple.of(content.canonical()))
                .iterator()
                .next()
                .getBoolean(0);
    }
}
