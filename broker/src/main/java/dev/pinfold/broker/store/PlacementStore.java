package dev.pinfold.broker.store;

import dev.pinfold.broker.cold.ColdStanding;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.replica.Projection.Goal;
import dev.pinfold.broker.replica.ReplicaState;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Due contents with their pins and copies, taken, decided upon and written back in one transaction. While it lasts the
 * content row is locked, so no pin is added to it and no copy of it changes under the decision.
 */
public final class PlacementStore {
    private static final String OVER = "DELETE FROM pin_gone WHERE request_id = ANY ($1)";
    private static final String MARK_GONE = """
            UPDATE content SET due_at = now() WHERE cid IN (SELECT content FROM pin_gone)
            """;
    private static final String SETTLED = """
            UPDATE content SET due_at = now() + u.millis * interval '1 millisecond'
            FROM unnest($1::text[], $2::bigint[]) AS u (cid, millis) WHERE content.cid = u.cid
            """;
    private static final String CLEAR = """
            DELETE FROM content WHERE cid = ANY ($1)
              AND NOT EXISTS (SELECT 1 FROM pin WHERE pin.content = content.cid)
              AND NOT EXISTS (SELECT 1 FROM replica WHERE replica.content = content.cid)
            """;
    private static final String MARK_ALL = "UPDATE content SET due_at = now()";

    private final Database database;
    private final Charges charges;
    private final DueContents due;

    public PlacementStore(Database database) {
        this.database = database;
        this.charges = new Charges(database);
        this.due = new DueContents(database, charges);
    }

    /**
     * A copy that is paid for.
     *
     * @param requestId the pin that pays
     * @param picos 10<sup>-12</sup> of the policy's currency per month
     */
    public record Charge(String provider, UUID requestId, int tenantId, UUID tokenId, long picos) {}

    /** What the copies of a token cost this month, those that ended in it included. */
    public record Spent(String tenant, String token, long picos) {}

    /**
     * Contents to be decided upon together.
     *
     * @param spent what was spent before; empty where nobody asked for it
     * @param repairs reads what is being repaired already
     */
    public record Batch(List<Work> work, List<Spent> spent, Supplier<Repairs> repairs) {
        public Batch {
            work = List.copyOf(work);
            spent = List.copyOf(spent);
        }
    }

    /** A due content. */
    public record Work(
            String content,
            @Nullable Long sizeBytes,
            @Nullable String sourceReport,
            List<PinWork> pins,
            List<CopyWork> copies,
            List<GoneWork> gone,
            List<Charge> charges,
            @Nullable ColdStanding cold) {
        public Work {
            pins = List.copyOf(pins);
            copies = List.copyOf(copies);
            gone = List.copyOf(gone);
            charges = List.copyOf(charges);
        }
    }

    /**
     * A pin of a due content.
     *
     * @param providers where its copies are to be now, those being left included; empty while there is no decision
     * @param moveTo where its copies are moving; empty when they are not
     * @param replan who wants it decided anew; null when nobody does
     * @param degraded whether the last decision found less than wanted
     * @param decidedSize the size that the last decision reckoned with; null: unknown
     * @param expires when it ends; null: when somebody deletes it
     */
    public record PinWork(
            UUID requestId,
            int tenantId,
            UUID tokenId,
            String tenant,
            String token,
            PinStatus status,
            @Nullable String name,
            Map<String, String> meta,
            long created,
            Map<String, String> info,
            List<String> delegates,
            Optional<List<String>> providers,
            @Nullable Goal goal,
            Optional<List<String>> moveTo,
            @Nullable String replan,
            boolean degraded,
            @Nullable Long decidedSize,
            @Nullable Instant expires,
            @Nullable String className,
            boolean wantsCold) {}

    /**
     * A pin of a due content that was deleted, while the rule it is under may keep its copies.
     *
     * @param at when it was deleted
     * @param moveTo where the copies it keeps are moving; empty when they are not
     * @param replan who wants them moved; null when nobody does
     */
    public record GoneWork(
            UUID requestId,
            int tenantId,
            UUID tokenId,
            String tenant,
            String token,
            @Nullable String name,
            Map<String, String> meta,
            Instant at,
            Optional<List<String>> moveTo,
            @Nullable String replan) {}

    /**
     * What is written to a deleted pin whose copies are to leave a provider.
     *
     * @param moveTo where they are moving; null when they are not
     * @param replan who still waits for that; null when nobody does
     * @param note why they cannot; null where nothing is to be said
     */
    public record GoneChange(
            UUID requestId,
            @Nullable List<String> moveTo,
            @Nullable String replan,
            @Nullable String note) {}

    /**
     * A copy of a due content.
     *
     * @param lostSince since when it is missing after it was there; null: it is not
     */
    public record CopyWork(
            long id,
            String provider,
            ReplicaState state,
            boolean ordered,
            List<String> delegates,
            @Nullable String failure,
            @Nullable String detail,
            Instant since,
            @Nullable Instant lostSince) {}

    /**
     * What was decided for one content.
     *
     * @param pins the pins that change
     * @param wanted providers that shall have a copy
     * @param repairs those of them that get one in place of a lost one
     * @param charges what is to be charged anew
     * @param over deleted pins that keep no copies any more
     * @param gone what changes of those that do
     * @param next when to look again; null: when something happens
     */
    public record Decision(
            String content,
            List<PinChange> pins,
            Collection<String> wanted,
            Set<String> repairs,
            List<Charge> charges,
            List<UUID> over,
            List<GoneChange> gone,
            @Nullable Duration next) {
        public Decision {
            repairs = Set.copyOf(repairs);
            charges = List.copyOf(charges);
            over = List.copyOf(over);
            gone = List.copyOf(gone);
        }
    }

    /**
     * A decision as it is kept.
     *
     * @param json the whole plan with its explanation
     * @param sizeBytes the size it reckoned with; null: unknown
     * @param expires when the pin ends; null leaves what is known
     */
    public record Decided(
            String json,
            long policyRevision,
            String rule,
            @Nullable Long sizeBytes,
            @Nullable Instant expires,
            int keepLast) {}

    /**
     * Where a pin's copies are going.
     *
     * @param to where they shall be in the end; null when they do not move
     * @param replan who still waits for that; null when nobody does
     * @param note what came of it, once; null otherwise
     * @param arrived whether the copies being left were given up just now
     */
    public record Move(
            @Nullable List<String> to,
            @Nullable String replan,
            @Nullable String note,
            boolean arrived) {
        /** Nothing moves. */
        public static final Move NONE = new Move(null, null, null, false);
    }

    /**
     * What is written to a pin.
     *
     * @param decided a decision taken just now; null keeps the last one
     * @param providers null keeps the last decision
     * @param degraded whether the decision found less than wanted
     * @param event the event to note; null where nothing is worth one
     */
    public record PinChange(
            UUID requestId,
            PinStatus status,
            Map<String, String> info,
            List<String> delegates,
            @Nullable Decided decided,
            @Nullable List<String> providers,
            Goal goal,
            Move move,
            boolean degraded,
            @Nullable String event,
            @Nullable String eventDetail) {}

    /**
     * Takes due contents, lets them be decided upon and writes the decisions.
     *
     * @param grace how long a copy that nobody wants is kept
     * @param money whether what was spent is needed; no other decision that needs it is taken meanwhile
     * @return how many contents were settled
     */
    public int settle(int most, Duration grace, boolean money, Function<Batch, List<Decision>> decide) {
        return Transactions.in(database, database.bookkeeping(), sql -> {
            List<Work> work = due.take(sql, most);
            if (!work.isEmpty()) {
                if (money) {
                    charges.lock(sql);
                }
                Batch batch =
                        new Batch(work, money ? charges.spent(sql) : List.of(), () -> Repairs.read(database, sql));
                write(sql, work, decide.apply(batch), grace, money);
            }
            return work.size();
        });
    }

    private RowSet<Row> run(SqlConnection sql, String statement, Tuple parameters) {
        return database.await(sql.preparedQuery(statement).execute(parameters));
    }

    private void write(SqlConnection sql, List<Work> work, List<Decision> decisions, Duration grace, boolean locked) {
        List<PinChange> pins =
                decisions.stream().flatMap(d -> d.pins().stream()).toList();
        if (!pins.isEmpty()) {
            run(sql, PinChanges.WRITE, PinChanges.columns(pins));
        }
        CopyChanges copies = CopyChanges.between(work, decisions);
        if (copies.adds()) {
            run(sql, CopyChanges.ADD, copies.added());
        }
        if (copies.recalls()) {
            run(sql, CopyChanges.RECALL, copies.recalled());
        }
        if (copies.retires()) {
            run(sql, CopyChanges.RETIRE, copies.retired(grace));
        }
        List<GoneChange> gone =
                decisions.stream().flatMap(d -> d.gone().stream()).toList();
        if (!gone.isEmpty()) {
            run(sql, CopyChanges.HELD, CopyChanges.held(gone));
        }
        writeCharges(sql, decisions, locked);
        finish(sql, decisions);
    }

    private void writeCharges(SqlConnection sql, List<Decision> decisions, boolean locked) {
        List<String> contents = new ArrayList<>();
        List<Charge> charged = new ArrayList<>();
        for (Decision decision : decisions) {
            decision.charges().forEach(charge -> {
                contents.add(decision.content());
                charged.add(charge);
            });
        }
        if (!charged.isEmpty()) {
            if (!locked) {
                charges.lock(sql);
            }
            charges.write(sql, contents, charged);
        }
    }

    private void finish(SqlConnection sql, List<Decision> decisions) {
        String[] cids = decisions.stream().map(Decision::content).toArray(String[]::new);
        @Nullable Long[] millis = new @Nullable Long[cids.length];
        for (int i = 0; i < cids.length; i++) {
            Duration next = decisions.get(i).next();
            millis[i] = next == null ? null : next.toMillis();
        }
        UUID[] over = decisions.stream().flatMap(d -> d.over().stream()).toArray(UUID[]::new);
        if (over.length > 0) {
            run(sql, OVER, Tuple.tuple().addValue(over));
        }
        run(sql, SETTLED, Tuple.tuple().addValue(cids).addValue(millis));
        String[] unwanted = decisions.stream()
                .filter(d -> d.wanted().isEmpty())
                .map(Decision::content)
                .toArray(String[]::new);
        if (unwanted.length > 0) {
            run(sql, CLEAR, Tuple.tuple().addValue(unwanted));
        }
    }

    /** Lets contents be decided upon again whose deleted pins may keep their copies, because the policy is another one. */
    public void markGoneDue() {
        database.await(database.bookkeeping().query(MARK_GONE).execute());
    }

    /** Lets every content be decided upon again, for example because the fleet is another one. */
    public void markAllDue() {
        database.await(database.writes().query(MARK_ALL).execute());
    }
}
