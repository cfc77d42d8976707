package dev.pinfold.psa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Walks by cursor over lists that are kept in memory. */
class PageCursorTest {
    private static final Instant NEWEST = Instant.parse("2026-03-01T12:00:00Z");

    private static PinDoc pin(int number, Instant created) {
        return new PinDoc(
                "p" + number, "pinned", created.toString(), created, "c", null, Map.of(), List.of(), Map.of());
    }

    /** Ten pins in each second, newest first; {@code created} cut to the second. */
    private static List<PinDoc> cutToSeconds(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> pin(i, NEWEST.minusSeconds(i / 10)))
                .toList();
    }

    private static Set<String> walk(List<PinDoc> all, int limit, BiPredicate<Instant, Instant> isBefore) {
        Set<String> seen = new TreeSet<>();
        Optional<PageCursor> cursor = Optional.of(PageCursor.first(0));
        List<Integer> pages = new ArrayList<>();
        while (cursor.isPresent()) {
            String before = cursor.get().before();
            List<PinDoc> page = all.stream()
                    .filter(pin -> before == null || isBefore.test(pin.createdAt(), Instant.parse(before)))
                    .limit(limit)
                    .toList();
            page.forEach(pin -> seen.add(pin.requestId()));
            pages.add(page.size());
            assertThat(pages).hasSizeLessThan(100);
            cursor = cursor.get().after(page);
        }
        return seen;
    }

    private static Set<String> ids(List<PinDoc> all) {
        return all.stream().map(PinDoc::requestId).collect(Collectors.toSet());
    }

    @Test
    void no_pin_is_lost_at_the_edge_of_a_page_though_several_share_a_second() {
        List<PinDoc> all = cutToSeconds(237);
        assertThat(walk(all, 25, Instant::isBefore)).isEqualTo(ids(all));
    }

    @Test
    void a_server_whose_window_is_inclusive_is_walked_to_its_end() {
        List<PinDoc> all = cutToSeconds(237);
        assertThat(walk(all, 25, (at, before) -> !at.isAfter(before))).isEqualTo(ids(all));
    }

    @Test
    void nanoseconds_are_kept() {
        List<PinDoc> all = IntStream.range(0, 100)
                .mapToObj(i -> pin(i, NEWEST.minusNanos(i)))
                .toList();
        assertThat(walk(all, 30, Instant::isBefore)).isEqualTo(ids(all));
    }

    @Test
    void a_server_that_ignores_the_window_or_lists_in_any_order_does_not_hold_the_walk() {
        List<PinDoc> all = cutToSeconds(50);
        assertThat(walk(all, 25, (at, before) -> true)).hasSize(25);
        assertThat(walk(all.reversed(), 25, Instant::isBefore)).isNotEmpty();
        assertThat(walk(List.of(), 25, Instant::isBefore)).isEmpty();
    }

    @Test
    void pins_without_a_readable_moment_end_the_walk() {
        PinDoc timeless = new PinDoc("t", "pinned", "soon", null, "c", null, Map.of(), List.of(), Map.of());
        assertThat(walk(List.of(timeless), 25, (at, before) -> true)).containsExactly("t");
    }
}
