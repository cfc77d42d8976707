package dev.pinfold.broker.store;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.cold.Checkpoint;
import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealIntent;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealTerms;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deals in PostgreSQL. An intent is on the disk before anybody hears of it; each step of a deal is taken by whoever holds
 * its lease and recorded under a fencing number, and a lost lease records nothing. Calls block.
 */
public final class DealStore {
    /** Any constant will do; this one is "deals" in ASCII. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(430957422707)";

    private static final String SPENT = """
            SELECT coalesce(sum(total), 0)::text FROM deal
            WHERE maker = $1 AND state NOT IN ('failed', 'withdrawn')
              AND ordered_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
            """;
    /**
     * What deals will lock in escrow that have not locked it yet. Of two that are only ordered the older one comes first, so
     * that no two count on the same coins.
     */
    private static final String PROMISED = """
            SELECT coalesce(sum(total), 0)::text FROM deal
            WHERE maker = $1 AND deal_id IS NULL
              AND (state = 'ordered' AND ($2::uuid IS NULL OR id < $2)
                OR state IN ('prepared', 'proposing', 'accepted', 'published') AND id IS DISTINCT FROM $2)
            """;

    private static final String ORDER = """
            INSERT INTO deal (id, piece_id, slot, reason, replaces, maker, provider, mode, client, source, start_epoch,
              end_epoch, price_per_epoch, collateral, total, verified, fast_retrieval, state)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::numeric, $14::text::numeric,
              $15::text::numeric, $16, $17, 'ordered')
            """;
    private static final String DEALT = "UPDATE piece SET state = 'dealt' WHERE id = $1 AND state = 'sealed'";
    private static final String GRANT = "INSERT INTO piece_token (hash, piece_id, deal) VALUES ($1, $2, $3)";
    private static final String REVOKE = "DELETE FROM piece_token WHERE deal = $1";
    /**
     * Steps that need the piece's file are taken by the broker that keeps it.
     */
    private static final String CLAIM =
            """
            WITH mine AS (
              UPDATE deal SET lease_until = now() + $3 * interval '1 millisecond', lease_owner = $1,
                fence = floor(random() * 9e15)::bigint
              WHERE id IN (
                SELECT d.id FROM deal d JOIN piece p ON p.id = d.piece_id
                WHERE d.due_at <= now() AND (d.lease_until IS NULL OR d.lease_until <= now()) AND d.maker = ANY ($2)
                  AND (p.keeper = $1 OR d.state NOT IN ('ordered', 'prepared', 'proposing'))
                ORDER BY d.due_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED)
              RETURNING *
            )
            SELECT\s""" + DealRows.COLUMNS + " FROM mine d JOIN piece p ON p.id = d.piece_id ORDER BY d.id";

    private static final String EXTEND = """
            UPDATE deal SET lease_until = now() + $3 * interval '1 millisecond'
            FROM unnest($1::uuid[], $2::bigint[]) AS held (id, fence)
            WHERE deal.id = held.id AND deal.fence = held.fence
            """;
    private static final String RECORD = "UPDATE deal SET " + DealRows.SET_CHECKPOINT
            + ", due_at = CASE WHEN $22 THEN due_at WHEN $3::bigint IS NULL THEN NULL"
            + " ELSE now() + $3 * interval '1 millisecond' END,"
            + " lease_until = CASE WHEN $22 THEN lease_until END"
            + " WHERE id = $1 AND fence = $2";
    /** Pins of the piece show the deal, and the piece's deals are counted anew. Texts may be null, so they are typed. */
    private static final String TOLD = """
            WITH contents AS (
              SELECT content FROM piece_entry WHERE piece_id = $1 AND removed_at IS NULL ORDER BY content
            ), shown AS (
              UPDATE content SET due_at = now() WHERE cid IN (SELECT content FROM contents)
            ), noted AS (
              INSERT INTO event (content, provider, type, detail) SELECT content, $2, $3, $4::text FROM contents
            )
            UPDATE piece SET deals_due_at = now() WHERE id = $1
            """;

    private static final String POSTPONE = """
            UPDATE deal SET due_at = now() + $3 * interval '1 millisecond', lease_until = NULL
            WHERE id = $1 AND fence = $2
            """;
    private static final String ABANDON = """
            UPDATE deal SET lease_until = NULL
            WHERE lease_owner = $1 AND lease_until IS NOT NULL AND id <> ALL ($2::uuid[])
            """;
    private static final String OTHERS = """
            SELECT proposal_cid FROM deal
            WHERE piece_id IN (SELECT b.id FROM piece a JOIN piece b ON b.commitment = a.commitment WHERE a.id = $1)
              AND provider = $2 AND id <> $3 AND proposal_cid IS NOT NULL
            """;
    private static final String DUE = """
            UPDATE deal SET due_at = now() WHERE maker = $1 AND due_at > now() AND state NOT IN ('ordered', 'prepared')
            """;
    private static final String PAST = """
            SELECT provider, count(*) FILTER (WHERE state IN ('active', 'ending', 'expired')),
              count(*) FILTER (WHERE state IN ('slashed', 'lost', 'failed')
                OR state = 'withdrawn' AND attempts > 0)
            FROM deal WHERE since > now() - interval '90 days' GROUP BY provider
            """;
    private static final String OF_PIECE = "SELECT " + DealRows.COLUMNS
            + " FROM deal d JOIN piece p ON p.id = d.piece_id WHERE d.piece_id = $1 ORDER BY d.id";

    private final Database database;
    private final UUID owner;

    /**
     * Makes the store.
     *
     * @param owner this broker's own id, the same after every restart
     */
    public DealStore(Database database, UUID owner) {
        this.database = database;
        this.owner = owner;
    }

    /** What became of the wish to order a deal. */
    public sealed interface Ordering {
        /** It is written down. */
        record Ordered() implements Ordering {}

        /** Another deal for the same copy, or with the same storage provider, is under way. */
        record Taken() implements Ordering {}

        /** It would cost more than may be spent this month. */
        record TooDear(AttoFil spent) implements Ordering {}
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    private RowSet<Row> run(String statement, Tuple parameters) {
        return database.await(database.writes().preparedQuery(statement).execute(parameters));
    }

    /** What the deals of this month cost so far at one maker, those that are only ordered included. */
    public AttoFil spentThisMonth(String maker) {
        return spent(run(SPENT, Tuple.of(maker)));
    }

    /** What other deals of its maker will lock in escrow and have not locked yet. */
    public AttoFil promised(Deal deal) {
        return spent(run(PROMISED, Tuple.of(deal.intent().maker(), deal.id())));
    }

    /** What the deals of a maker will lock in escrow and have not locked yet. */
    public AttoFil promised(String maker) {
        return spent(run(PROMISED, Tuple.of(maker).addValue(null)));
    }

    private static AttoFil spent(RowSet<Row> rows) {
        return AttoFil.parse(rows.iterator().next().getString(0));
    }

    /**
     * Writes down an intent, with the token that lets its storage provider fetch the piece, and reserves its cost: all of
     * it or nothing. On the disk when this returns.
     *
     * @param tokenHash SHA-256 of the token
     * @param mostPerMonth what the deals of one month may cost at this maker
     */
    public Ordering order(DealIntent intent, byte[] tokenHash, AttoFil mostPerMonth) {
        try {
            return Transactions.in(database, database.writes(), sql -> {
                database.await(sql.query(LOCK).execute());
                AttoFil spent = spent(run(sql, SPENT, Tuple.of(intent.maker())));
                AttoFil total = intent.order().terms().total();
                if (!total.isZero() && spent.plus(total).isMoreThan(mostPerMonth)) {
                    return new Ordering.TooDear(spent);
                }
                run(sql, ORDER, columns(intent));
                run(sql, DEALT, Tuple.of(intent.piece()));
                run(
                        sql,
                        GRANT,
                        Tuple.of(
                                Buffer.buffer(tokenHash),
                                intent.piece(),
                                intent.order().key()));
                run(
                        sql,
                        TOLD,
                        Tuple.of(intent.piece(), intent.order().provider(), "deal.ordered")
                                .addValue(null));
                return new Ordering.Ordered();
            });
        } catch (BrokerException e) {
            if (e.kind() == ErrorKind.CONFLICT) {
                return new Ordering.Taken();
            }
            throw e;
        }
    }

    private static Tuple columns(DealIntent intent) {
        DealTerms terms = intent.order().terms();
        return Tuple.of(
                        intent.order().id(),
                        intent.piece(),
                        intent.slot(),
                        intent.reason().word())
                .addValue(intent.replaces())
                .addValue(intent.maker())
                .addValue(intent.order().provider())
                .addValue(intent.order().mode().label())
                .addValue(intent.order().client())
                .addValue(intent.order().source().url().toString())
                .addValue(terms.start().height())
                .addValue(terms.end().height())
                .addValue(terms.pricePerEpoch().toString())
                .addValue(terms.providerCollateral().toString())
                .addValue(terms.total().toString())
                .addValue(terms.verified())
                .addValue(terms.fastRetrieval());
    }

    /** Claims due deals for this broker alone, until the lease ends. */
    public List<Deal> claim(Collection<String> makers, int most, Duration lease) {
        return deals(run(CLAIM, Tuple.of(owner, makers.toArray(String[]::new), lease.toMillis(), most)));
    }

    private static List<Deal> deals(RowSet<Row> rows) {
        List<Deal> deals = new ArrayList<>();
        rows.forEach(row -> deals.add(DealRows.deal(row)));
        return deals;
    }

    /** Makes the leases of deals that are still being worked on longer. */
    public void extend(Collection<Deal> held, Duration lease) {
        UUID[] ids = held.stream().map(Deal::id).toArray(UUID[]::new);
        Long[] fences = held.stream().map(Deal::fence).toArray(Long[]::new);
        run(EXTEND, Tuple.of(ids, fences, lease.toMillis()));
    }

    /**
     * Writes down how far a deal came, and keeps the claim. On the disk when this returns.
     *
     * @return false when the claim is no longer ours; then nothing was recorded
     */
    public boolean hold(Deal deal, Checkpoint next) {
        return run(RECORD, recorded(deal, next, null, true)).rowCount() > 0;
    }

    /**
     * Writes down how far a deal came, gives the claim back, and lets the pins of its piece show it where its state or its
     * number changed. On the disk when this returns.
     *
     * @param pause until it is looked at again; null: never
     * @return false when the claim is no longer ours; then nothing was recorded
     */
    public boolean record(Deal deal, Checkpoint next, @Nullable Duration pause) {
        boolean news = deal.state() != next.state()
                || !deal.checkpoint().ids().dealId().equals(next.ids().dealId());
        return Transactions.in(database, database.writes(), sql -> {
            if (run(sql, RECORD, recorded(deal, next, pause, false)).rowCount() == 0) {
                return false;
            }
            if (next.state().over() && !deal.state().over()) {
                run(sql, REVOKE, Tuple.of(deal.order().key()));
            }
            if (news) {
                Tuple told = Tuple.of(
                                deal.intent().piece(),
                                deal.provider(),
                                "deal." + next.state().word())
                        .addValue(next.detail());
                run(sql, TOLD, told);
            }
            return true;
        });
    }

    private static Tuple recorded(Deal deal, Checkpoint next, @Nullable Duration pause, boolean held) {
        Tuple tuple = Tuple.of(deal.id(), deal.fence()).addValue(pause == null ? null : pause.toMillis());
        return DealRows.checkpoint(tuple, next).addValue(held);
    }

    /** Gives a claim back unchanged, to be claimed again after a pause. */
    public void postpone(Deal deal, Duration pause) {
        run(POSTPONE, Tuple.of(deal.id(), deal.fence(), pause.toMillis()));
    }

    /**
     * Gives up the claims that this broker holds in the database, in this run or an earlier one, but does not work on.
     *
     * @param inHand ids of the deals that are worked on
     */
    public int abandonClaims(Collection<UUID> inHand) {
        return run(ABANDON, Tuple.of(owner).addValue(inHand.toArray(UUID[]::new)))
                .rowCount();
    }

    /** The proposals of every other deal that was ever made for the same bytes with the same storage provider. */
    public Set<String> others(Deal deal) {
        Set<String> others = new HashSet<>();
        run(OTHERS, Tuple.of(deal.intent().piece(), deal.provider(), deal.id()))
                .forEach(row -> others.add(row.getString(0)));
        return others;
    }

    /** Lets all deals of a maker be looked at now: something happened on its chain. */
    public void markDue(String maker) {
        database.await(database.bookkeeping().preparedQuery(DUE).execute(Tuple.of(maker)));
    }

    /** What came of the deals with a storage provider. */
    public record Past(long kept, long broken) {
        /** Nothing yet. */
        public static final Past NONE = new Past(0, 0);

        /** How many of a thousand deals came to nothing; one that kept a few is not judged by a single failure. */
        public long failuresInThousand() {
            return 1000 * broken / (kept + broken + 1);
        }
    }

    /** What came of the deals of the last 90 days, by storage provider. */
    public Map<String, Past> past() {
        Map<String, Past> past = new HashMap<>();
        run(PAST, Tuple.tuple()).forEach(row -> past.put(row.getString(0), new Past(row.getLong(1), row.getLong(2))));
        return past;
    }

    /** All deals that were ever made for a piece, the oldest first. */
    public List<Deal> ofPiece(long piece) {
        return deals(run(OF_PIECE, Tuple.of(piece)));
    }
}
