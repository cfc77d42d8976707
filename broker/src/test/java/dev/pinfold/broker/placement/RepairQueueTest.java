package dev.pinfold.broker.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.replica.ReplicaState;
import dev.pinfold.broker.store.PlacementStore.CopyWork;
import dev.pinfold.broker.store.PlacementStore.Work;
import dev.pinfold.broker.store.Repairs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which lost copies may be made elsewhere now. */
class RepairQueueTest {
    private static final long ASSUMED = 40;

    private static Work content(String name, @Nullable Long size, String... holders) {
        List<CopyWork> copies = Stream.of(holders)
                .map(p -> new CopyWork(0, p, ReplicaState.LOST, true, List.of(), null, null, Instant.EPOCH, null))
                .toList();
        return new Work(name, size, null, List.of(), copies, List.of(), List.of(), null);
    }

    @Test
    void those_under_way_count() {
        RepairQueue queue = new RepairQueue(SpeedsTest.repair(3, 100, 1_000), () -> new Repairs(2, 0, Map.of("a", 2L)));
        assertThat(queue.begin(content("x", 1L), List.of("a"), ASSUMED)).isNull();
        assertThat(queue.begin(content("y", 1L), List.of("a"), ASSUMED)).contains("repair.rate.maxConcurrent: 3");
        assertThat(queue.begun("x")).containsExactly("a");
        assertThat(queue.begun("y")).isEmpty();
    }

    @Test
    void a_provider_gets_no_more_at_once_than_per_provider_while_others_go_on() {
        RepairQueue queue =
                new RepairQueue(SpeedsTest.repair(100, 2, 1_000), () -> new Repairs(2, 0, Map.of("full", 2L)));
        assertThat(queue.begin(content("x", 1L), List.of("full"), ASSUMED))
                .contains("repair.rate.perProvider: 2, into full");
        assertThat(queue.begin(content("y", 1L), List.of("free"), ASSUMED)).isNull();
    }

    @Test
    void a_day_has_its_bytes_and_an_unknown_size_is_assumed() {
        RepairQueue queue = new RepairQueue(SpeedsTest.repair(100, 100, 100), () -> Repairs.NONE);
        assertThat(queue.begin(content("x", 90L), List.of("a"), ASSUMED)).isNull();
        assertThat(queue.begin(content("y", null), List.of("a"), ASSUMED)).contains("repair.rate.maxBytesPerDay: 100");
        assertThat(queue.begin(content("z", 10L), List.of("a"), ASSUMED)).isNull();
    }

    @Test
    void a_content_larger_than_a_day_may_be_the_first() {
        RepairQueue queue = new RepairQueue(SpeedsTest.repair(100, 100, 100), () -> Repairs.NONE);
        assertThat(queue.begin(content("x", 5_000L), List.of("a"), ASSUMED)).isNull();
        assertThat(queue.begin(content("y", 1L), List.of("a"), ASSUMED)).isNotNull();
    }

    @Test
    void what_has_a_copy_already_or_was_let_begin_for_another_pin_waits_for_nothing() {
        RepairQueue queue = new RepairQueue(SpeedsTest.repair(1, 1, 100), () -> Repairs.NONE);
        Work content = content("x", 1L, "here");
        assertThat(queue.begin(content, List.of("here"), ASSUMED)).isNull();
        assertThat(queue.begun("x")).isEmpty();
        assertThat(queue.begin(content, List.of("here", "a"), ASSUMED)).isNull();
        assertThat(queue.begin(content, List.of("here", "a"), ASSUMED)).isNull();
        assertThat(queue.begin(content, List.of("b"), ASSUMED)).isNotNull();
        assertThat(queue.begun("x")).containsExactly("a");
    }
}
