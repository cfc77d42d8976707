package dev.pinfold.broker.store;

import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Decision;
import dev.pinfold.broker.store.PlacementStore.GoneChange;
import dev.pinfold.broker.store.PlacementStore.Work;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What decisions change of copies: new ones, ones that are wanted again, ones that nobody wants. */
final class CopyChanges {
    static final String ADD = """
            INSERT INTO replica (content, provider, state, due_at, repair_at)
            SELECT content, provider, 'planned', now(), CASE WHEN repair THEN now() END
            FROM unnest($1::text[], $2::text[], $3::boolean[]) AS u (content, provider, repair)
            ON CONFLICT (content, provider) DO NOTHING
            """;
    static final String RECALL = """
            UPDATE replica SET state = CASE WHEN order_key IS NULL THEN 'planned' ELSE 'ordered' END,
              since = now(), looks = 0, lost_at = NULL, due_at = now(), fence = floor(random() * 9e15)::bigint
            WHERE id = ANY ($1) AND state = 'retiring'
            """;
    static final String RETIRE = """
            UPDATE replica SET state = 'retiring', since = now(), looks = 0, fence = floor(random() * 9e15)::bigint,
              failure = NULL, detail = NULL,
              due_at = now() + CASE WHEN order_key IS NULL THEN 0 ELSE $2 END * interval '1 millisecond'
            WHERE id = ANY ($1) AND state <> 'retiring'
            """;

    static final String HELD = """
            UPDATE pin_gone SET move_to = string_to_array(said.move_to, ','), replan = said.replan,
              replan_note = said.note, replanned_at = now()
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS said (id, move_to, replan, note)
            WHERE pin_gone.request_id = said.id
            """;

    private final List<String> newContents = new ArrayList<>();
    private final List<String> newProviders = new ArrayList<>();
    private final List<Boolean> newRepairs = new ArrayList<>();
    private final List<Long> recalled = new ArrayList<>();
    private final List<Long> retired = new ArrayList<>();

    private CopyChanges() {}

    static CopyChanges between(List<Work> work, List<Decision> decisions) {
        CopyChanges changes = new CopyChanges();
        Map<String, Work> byContent = work.stream().collect(Collectors.toMap(Work::content, w -> w));
        for (Decision decision : decisions) {
            changes.note(
                    decision,
                    Optional.ofNullable(byContent.get(decision.content()))
                            .orElseThrow()
                            .copies());
        }
        return changes;
    }

    private void note(Decision decision, List<CopyWork> copies) {
        for (String provider : decision.wanted()) {
            if (copies.stream().noneMatch(c -> c.provider().equals(provider))) {
                newContents.add(decision.content());
                newProviders.add(provider);
                newRepairs.add(decision.repairs().contains(provider));
            }
        }
        for (CopyWork copy : copies) {
            boolean wanted = decision.wanted().contains(copy.provider());
            boolean forgettable = copy.state() == ReplicaState.FAILED && !copy.ordered();
            if (wanted && copy.state() == ReplicaState.RETIRING) {
                recalled.add(copy.id());
            } else if (!wanted && copy.state() != ReplicaState.RETIRING && !forgettable) {
                retired.add(copy.id());
            }
        }
    }

    static Tuple held(List<GoneChange> gone) {
        @Nullable String[] to = new @Nullable String[gone.size()];
        @Nullable String[] replan = new @Nullable String[gone.size()];
        @Nullable String[] notes = new @Nullable String[gone.size()];
        for (int i = 0; i < to.length; i++) {
            GoneChange change = gone.get(i);
            List<String> providers = change.moveTo();
            to[i] = providers == null ? null : String.join(",", providers);
            replan[i] = change.replan();
            notes[i] = change.note();
        }
        return Tuple.tuple()
                .addValue(gone.stream().map(GoneChange::requestId).toArray(UUID[]::new))
                .addValue(to)
                .addValue(replan)
                .addValue(notes);
    }

    boolean adds() {
        return !newContents.isEmpty();
    }

    Tuple added() {
        return Tuple.tuple()
                .addValue(newContents.toArray(String[]::new))
                .addValue(newProviders.toArray(String[]::new))
                .addValue(newRepairs.toArray(Boolean[]::new));
    }

    boolean recalls() {
        return !recalled.isEmpty();
    }

    Tuple recalled() {
        return Tuple.tuple().addValue(recalled.toArray(Long[]::new));
    }

    boolean retires() {
        return !retired.isEmpty();
    }

    Tuple retired(Duration grace) {
        return Tuple.of(retired.toArray(Long[]::new), grace.toMillis());
    }
}
