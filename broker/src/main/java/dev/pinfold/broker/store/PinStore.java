package dev.pinfold.broker.store;

import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.NameFolding;
import dev.pinfold.broker.pin.PinDraft;
import dev.pinfold.broker.pin.PinRow;
import dev.pinfold.broker.pin.PinStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pins in PostgreSQL. A write that concerns placement marks the content due in the same transaction, so that an
 * acknowledged pin is placed whatever happens next. One method per statement.
 */
public final class PinStore {
    /** The columns of {@link PinRow}, in the order that {@link #row} reads. */
    static final String COLUMNS = """
            request_id, created, status, cid, name, origins::text, meta::text, info::text, delegates::text""";

    private static final String INSERT = """
            WITH allowed AS (
              UPDATE token SET pins = pins + $3::bigint
              WHERE id = $2 AND revoked_at IS NULL AND pins + $3 <= $4
              RETURNING tenant_id
            ), clock AS (
              UPDATE tenant SET last_created = greatest(last_created, $5::bigint - 1) + $3
              FROM allowed WHERE id = allowed.tenant_id
              RETURNING last_created - $3 AS base, id
            ), incoming AS (
              SELECT i.*, clock.base + i.ord AS created, clock.id AS tenant_id
              FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
                WITH ORDINALITY AS i (request_id, content, cid, name, name_fold, origins, meta, ord), clock
            ), wanted AS (
              INSERT INTO content (cid, due_at) SELECT DISTINCT content, now() FROM incoming ORDER BY 1
              ON CONFLICT (cid) DO UPDATE SET due_at = now()
            ), noted AS (
              INSERT INTO event (content, request_id, type) SELECT content, request_id, 'pin.accepted' FROM incoming
            )
            INSERT INTO pin (request_id, tenant_id, token_id, created, status, content, cid, name, name_fold,
                             origins, meta, info, delegates)
            SELECT request_id, tenant_id, $2, created, 0, content, cid, name, name_fold,
                   origins::jsonb, meta::jsonb, '{}', $1::text::jsonb
            FROM incoming
            RETURNING request_id, created
            """;

    private static final String GET = "SELECT " + COLUMNS + " FROM pin WHERE request_id = $1 AND tenant_id = $2";

    /** Locks in the order of every other writer (token, content, pin), so that none waits for the other in a circle. */
    private static final String DELETE = """
            WITH meant AS MATERIALIZED (
              SELECT request_id, content, token_id FROM pin WHERE request_id = $1 AND tenant_id = $2
            ), account AS MATERIALIZED (
              SELECT id FROM token WHERE id = (SELECT token_id FROM meant) FOR NO KEY UPDATE
            ), held AS MATERIALIZED (
              SELECT cid FROM content
              WHERE cid = (SELECT content FROM meant) AND (SELECT count(*) FROM account) >= 0 FOR NO KEY UPDATE
            ), gone AS (
              DELETE FROM pin WHERE request_id = $1 AND tenant_id = $2 AND content = (SELECT cid FROM held)
              RETURNING request_id, content, tenant_id, token_id, name, meta, providers
            ), kept AS (
              INSERT INTO pin_gone (request_id, content, tenant_id, token_id, name, meta)
              SELECT request_id, content, tenant_id, token_id, name, meta FROM gone WHERE providers IS NOT NULL
            ), released AS (
              UPDATE token SET pins = pins - 1 FROM gone WHERE id = gone.token_id
            ), noted AS (
              INSERT INTO event (content, request_id, type) SELECT content, request_id, 'pin.deleted' FROM gone
            )
            UPDATE content SET due_at = now() FROM gone WHERE cid = gone.content
            """;

    private static final String FIND_KEY =
            "SELECT request_hash, request_id FROM idempotency WHERE tenant_id = $1 AND key = $2 AND expires > now()";

    private static final String CLAIM_KEY = """
            INSERT INTO idempotency (tenant_id, key, request_hash, request_id, expires)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, key) DO UPDATE
            SET request_hash = excluded.request_hash, request_id = excluded.request_id, expires = excluded.expires
            WHERE idempotency.expires <= now()
            """;

    private static final String DROP_EXPIRED_KEYS = "DELETE FROM idempotency WHERE expires <= now()";

    /** Of the pins under one rule of one tenant the newest stay, whatever their age. */
    private static final String EXPIRED = """
            SELECT p.tenant_id, p.request_id, p.content FROM pin p
            WHERE p.expires_at <= now() AND (p.keep_last = 0 OR (
              SELECT count(*) FROM (
                SELECT 1 FROM pin newer
                WHERE newer.tenant_id = p.tenant_id AND newer.rule = p.rule AND newer.created > p.created
                  AND newer.expires_at IS NOT NULL
                LIMIT p.keep_last) AS kept) >= p.keep_last)
            ORDER BY p.expires_at LIMIT $1
            """;

    private static final String ADOPT = """
            WITH copy AS (
              INSERT INTO replica (content, provider, state, order_key, upstream_id, seen_at, due_at)
              VALUES ($2, $3, $4, $5, $6, CASE WHEN $4 = 'claimed' THEN now() END, now())
              ON CONFLICT (content, provider) DO NOTHING RETURNING content
            ), noted AS (
              INSERT INTO event (content, request_id, provider, type, detail)
              SELECT content, $1, $3, 'replica.adopted', 'it was there under ' || $6 FROM copy
            )
            UPDATE pin SET providers = ARRAY[$3], goal_min = 1, goal_target = 1, goal_verified = true, degraded = true
            FROM copy WHERE pin.request_id = $1
            """;

    private static final String NOTE_EXPIRED =
            "INSERT INTO event (content, request_id, type) VALUES ($1, $2, 'pin.expired')";

    private final SqlClient reads;
    private final Pool writes;

    public PinStore(SqlClient reads, Pool writes) {
        this.reads = reads;
        this.writes = writes;
    }

    /** A pin to be written, under the id it will have. */
    public record NewPin(UUID requestId, PinDraft draft) {}

    /** What the owner of an idempotency key asked for, and the pin it got. */
    public record KeyOwner(Buffer requestHash, UUID requestId) {}

    /**
     * Writes pins made with one token, all or none, in one transaction of its own.
     *
     * @return the pins in the order given; empty when the token's quota does not allow them or it was revoked meanwhile
     */
    public Future<List<PinRow>> insert(
            Caller caller, List<NewPin> pins, long maxPins, long nowMillis, String delegatesJson) {
        return again(() -> insert(writes, caller, pins, maxPins, nowMillis, delegatesJson));
    }

    private static Future<List<PinRow>> insert(
            SqlClient sql, Caller caller, List<NewPin> pins, long maxPins, long nowMillis, String delegatesJson) {
        Object[] columns = columns(pins);
        Tuple tuple = Tuple.of(delegatesJson, caller.tokenId(), (long) pins.size(), maxPins, nowMillis);
        for (Object column : columns) {
            tuple.addValue(column);
        }
        return sql.preparedQuery(INSERT).execute(tuple).map(rows -> {
            List<PinRow> written = new ArrayList<>(pins.size());
            int i = 0;
            for (Row row : rows) {
                // unnest WITH ORDINALITY keeps the order, and INSERT … SELECT returns in it; checked here all the same.
                NewPin pin = pins.get(i);
                if (!pin.requestId().equals(row.getUUID(0))) {
                    throw new IllegalStateException("pins came back in another order");
                }
                written.add(fresh(pin, row.getLong(1), (String[]) columns[5], (String[]) columns[6], i, delegatesJson));
                i++;
            }
            return written;
        });
    }

    private static Object[] columns(List<NewPin> pins) {
        int n = pins.size();
        UUID[] ids = new UUID[n];
        String[] contents = new String[n];
        String[] cids = new String[n];
        @Nullable String[] names = new @Nullable String[n];
        @Nullable String[] folds = new @Nullable String[n];
        String[] origins = new String[n];
        @Nullable String[] metas = new @Nullable String[n];
        for (int i = 0; i < n; i++) {
            PinDraft draft = pins.get(i).draft();
            ids[i] = pins.get(i).requestId();
            contents[i] = draft.cid().canonical();
            cids[i] = draft.cidText();
            names[i] = draft.name();
            folds[i] = draft.name() == null ? null : NameFolding.fold(draft.name());
            origins[i] = new JsonArray(draft.origins()).encode();
            metas[i] =
                    draft.meta() == null ? null : new JsonObject(new java.util.LinkedHashMap<>(draft.meta())).encode();
        }
        return new Object[] {ids, contents, cids, names, folds, origins, metas};
    }

    private static PinRow fresh(
            NewPin pin, long created, String[] origins, @Nullable String[] metas, int i, String delegatesJson) {
        PinDraft draft = pin.draft();
        return new PinRow(
                pin.requestId(),
                created,
                PinStatus.QUEUED,
                draft.cidText(),
                draft.name(),
                origins[i],
                metas[i],
                "{}",
                delegatesJson);
    }

    /** Reads one pin of one tenant. */
    public Future<Optional<PinRow>> get(int tenantId, UUID requestId) {
        return reads.preparedQuery(GET)
                .execute(Tuple.of(requestId, tenantId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(row(rows.iterator().next(), 0)));
    }

    /** Removes one pin; false when the tenant has no such pin. */
    public Future<Boolean> delete(int tenantId, UUID requestId) {
        return again(() -> delete(writes, tenantId, requestId));
    }

    private static Future<Boolean> delete(SqlClient sql, int tenantId, UUID requestId) {
        return sql.preparedQuery(DELETE).execute(Tuple.of(requestId, tenantId)).map(rows -> rows.rowCount() > 0);
    }

    /**
     * Writes a pin and removes the one it replaces in one transaction: there is no moment at which neither exists.
     *
     * @return the new pin; empty when the old one does not exist (any more), and then nothing was written; fails with
     *     {@link QuotaReached} when the quota has no room for it, and then the old one stays
     */
    public Future<Optional<PinRow>> replace(
            Caller caller, UUID oldId, NewPin pin, long maxPins, long nowMillis, String delegatesJson) {
        return again(() -> writes.withTransaction(sql -> delete(sql, caller.tenantId(), oldId)
                .compose(existed -> existed
                        // The place that the old pin had in the quota is free now, but it may have been another
                        // token's.
                        ? insert(sql, caller, List.of(pin), maxPins, nowMillis, delegatesJson)
                                .compose(PinStore::theOnly)
                                .map(Optional::of)
                        : Future.succeededFuture(Optional.empty()))));
    }

    /**
     * Writes a pin under an idempotency key. Of several requests with one key exactly one writes; the others learn of
     * its pin.
     */
    public Future<KeyedInsert> insertOnce(
            Caller caller,
            String key,
            Buffer requestHash,
            OffsetDateTime expires,
            NewPin pin,
            long maxPins,
            long nowMillis,
            String delegatesJson) {
        return again(() -> writes.withTransaction(sql -> claimKey(sql, caller, key, requestHash, expires, pin)
                .compose(mine -> mine
                        ? insert(sql, caller, List.of(pin), maxPins, nowMillis, delegatesJson)
                                .compose(PinStore::theOnly)
                                .map(written -> new KeyedInsert(Optional.of(written), Optional.empty()))
                        : sql.preparedQuery(FIND_KEY)
                                .execute(Tuple.of(caller.tenantId(), key))
                                .map(rows -> new KeyedInsert(
                                        Optional.empty(),
                                        Optional.of(owner(rows.iterator().next())))))));
    }

    private static Future<PinRow> theOnly(List<PinRow> written) {
        return written.isEmpty() ? Future.failedFuture(new QuotaReached()) : Future.succeededFuture(written.getFirst());
    }

    /** Makes a change that collided with another (SQLSTATE class 40) again: the database has undone all of it. */
    private static <T> Future<T> again(Supplier<Future<T>> change) {
        return change.get()
                .recover(e -> collided(e) ? change.get() : Future.failedFuture(e))
                .recover(e -> collided(e) ? change.get() : Future.failedFuture(e));
    }

    private static boolean collided(Throwable failure) {
        return failure instanceof PgException pg
                && String.valueOf(pg.getSqlState()).startsWith("40");
    }

    private static Future<Boolean> claimKey(
            SqlConnection sql, Caller caller, String key, Buffer hash, OffsetDateTime expires, NewPin pin) {
        return sql.preparedQuery(CLAIM_KEY)
                .execute(Tuple.of(caller.tenantId(), key, hash, pin.requestId(), expires))
                .map(rows -> rows.rowCount() > 0);
    }

    private static KeyOwner owner(Row row) {
        return new KeyOwner(row.getBuffer(0), row.getUUID(1));
    }

    /** Exactly one of the two: the pin that was written, or the earlier request that owns the key. */
    public record KeyedInsert(Optional<PinRow> written, Optional<KeyOwner> owner) {}

    /** The token's quota does not allow another pin. */
    public static final class QuotaReached extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public QuotaReached() {
            super("the token's pin quota is reached", null, false, false);
        }
    }

    /** A pin whose time has passed. */
    public record Expired(int tenantId, UUID requestId, String content) {}

    /** Pins whose time has passed and that no rule keeps. */
    public Future<List<Expired>> expired(int most) {
        return writes.preparedQuery(EXPIRED).execute(Tuple.of(most)).map(rows -> {
            List<Expired> expired = new ArrayList<>();
            rows.forEach(row -> expired.add(new Expired(row.getInteger(0), row.getUUID(1), row.getString(2))));
            return expired;
        });
    }

    /**
     * A copy that a provider has already.
     *
     * @param upstreamId the provider's id of it
     * @param orderKey the key that the copy has from now on
     * @param stored whether the provider says that it holds the content; false: it is on its way
     */
    public record Upstream(String provider, String upstreamId, String orderKey, boolean stored) {}

    /**
     * Writes a pin together with the copy that it has already, all or nothing. The pin asks to be decided anew, so that its
     * decision, its cost and whatever copies are missing follow from the policy.
     *
     * @return false when there is a copy of that content at that provider, and then nothing was written; fails with
     *     {@link QuotaReached} when the quota has no room
     */
    public Future<Boolean> adopt(
            Caller caller, NewPin pin, Upstream copy, long maxPins, long nowMillis, String delegatesJson) {
        return again(() -> writes.withTransaction(sql -> insert(
                                sql, caller, List.of(pin), maxPins, nowMillis, delegatesJson)
                        .compose(PinStore::theOnly)
                        .compose(row -> sql.preparedQuery(ADOPT)
                                .execute(Tuple.of(
                                        pin.requestId(),
                                        pin.draft().cid().canonical(),
                                        copy.provider(),
                                        copy.stored() ? "claimed" : "accepted",
                                        copy.orderKey(),
                                        copy.upstreamId())))
                        .compose(rows -> rows.rowCount() > 0
                                ? Future.succeededFuture(true)
                                : Future.failedFuture(new CopyExists()))))
                .recover(e -> e instanceof CopyExists ? Future.succeededFuture(false) : Future.failedFuture(e));
    }

    /** Takes a pin that was just written back. */
    private static final class CopyExists extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CopyExists() {
            super("there is a copy at that provider", null, false, false);
        }
    }

    /** Removes a pin whose time has passed. */
    public Future<Boolean> expire(Expired pin) {
        return again(() -> writes.withTransaction(sql -> delete(sql, pin.tenantId(), pin.requestId())
                .compose(gone -> gone
                        ? sql.preparedQuery(NOTE_EXPIRED)
                                .execute(Tuple.of(pin.content(), pin.requestId()))
                                .map(true)
                        : Future.succeededFuture(false))));
    }

    /** Forgets idempotency keys that have expired. */
    public Future<Integer> dropExpiredKeys() {
        return writes.query(DROP_EXPIRED_KEYS).execute().map(rows -> rows.rowCount());
    }

    /** Reads {@link #COLUMNS} starting at a column. */
    static PinRow row(Row row, int at) {
        return new PinRow(
                row.getUUID(at),
                row.getLong(at + 1),
                PinStatus.of(row.getShort(at + 2)),
                row.getString(at + 3),
                row.getString(at + 4),
                row.getString(at + 5),
                row.getString(at + 6),
                row.getString(at + 7),
                row.getString(at + 8));
    }
}
