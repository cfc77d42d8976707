package dev.pinfold.broker.retrieval.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Races as tables: what happens at which millisecond, and what is decided then. */
class RaceTest {
    /**
     * A case.
     *
     * @param sources in their order; {@code name} or {@code name@hedge}, cold ones with a star
     * @param script what happens, as {@code at verb source}
     * @param decided what is decided, as {@code at move}
     */
    record Case(String name, List<String> sources, List<String> script, List<String> decided) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "the best serves: nobody else is asked",
                        List.of("a", "b", "c"),
                        List.of("20 verified a"),
                        List.of("0 start a FIRST", "20 won a")),
                new Case(
                        "the second is asked when the first takes longer than usual, and loses",
                        List.of("a", "b", "c"),
                        List.of("120 verified a"),
                        List.of("0 start a FIRST", "100 start b HEDGE", "120 won a", "120 stop b OUTRUN")),
                new Case(
                        "each waits its own time before the next is asked; three at most",
                        List.of("a@50", "b@200", "c@80", "d"),
                        List.of("400 verified b"),
                        List.of(
                                "0 start a FIRST",
                                "50 start b HEDGE",
                                "250 start c HEDGE",
                                "400 won b",
                                "400 stop a OUTRUN",
                                "400 stop c OUTRUN")),
                new Case(
                        "a failure starts the next at once",
                        List.of("a", "b"),
                        List.of("5 failed a", "30 verified b"),
                        List.of("0 start a FIRST", "5 start b REPLACEMENT", "30 won b")),
                new Case(
                        "a failure of one of three makes room for a fourth",
                        List.of("a@50", "b@50", "c@50", "d"),
                        List.of("160 failed b", "170 verified d"),
                        List.of(
                                "0 start a FIRST",
                                "50 start b HEDGE",
                                "100 start c HEDGE",
                                "160 start d REPLACEMENT",
                                "170 won d",
                                "170 stop a OUTRUN",
                                "170 stop c OUTRUN")),
                new Case(
                        "cold sources wait while a hot one may still serve",
                        List.of("a@50", "z*"),
                        List.of("4000 verified a"),
                        List.of("0 start a FIRST", "4000 won a")),
                new Case(
                        "a cold source joins after five seconds",
                        List.of("a@50", "z*"),
                        List.of("7000 verified z"),
                        List.of("0 start a FIRST", "5000 start z COLD", "7000 won z", "7000 stop a OUTRUN")),
                new Case(
                        "a cold source starts at once when all hot ones failed",
                        List.of("a", "b", "z*", "y*"),
                        List.of("5 failed a", "9 failed b", "900 failed z", "2000 verified y"),
                        List.of(
                                "0 start a FIRST",
                                "5 start b REPLACEMENT",
                                "9 start z COLD",
                                "900 start y COLD",
                                "2000 won y")),
                new Case(
                        "a cold source starts at once when there is no hot one",
                        List.of("z*"),
                        List.of("3000 verified z"),
                        List.of("0 start z COLD", "3000 won z")),
                new Case(
                        "nobody serves",
                        List.of("a", "b"),
                        List.of("10 failed a", "20 failed b"),
                        List.of("0 start a FIRST", "10 start b REPLACEMENT", "20 over")),
                new Case("nobody is there", List.of(), List.of(), List.of("0 over")),
                new Case(
                        "a source that is silent for ten seconds is given up",
                        List.of("a@20000", "b@20000"),
                        List.of("10500 verified b"),
                        List.of(
                                "0 start a FIRST",
                                "10000 stop a TOO_LATE",
                                "10000 start b REPLACEMENT",
                                "10500 won b")),
                new Case(
                        "the last one may be silent too",
                        List.of("a"),
                        List.of("99999 verified a"),
                        List.of("0 start a FIRST", "10000 stop a TOO_LATE", "10000 over")),
                new Case(
                        "what comes after the end changes nothing",
                        List.of("a@50", "b"),
                        List.of("60 verified b", "61 verified a", "62 failed a"),
                        List.of("0 start a FIRST", "50 start b HEDGE", "60 won b", "60 stop a OUTRUN")),
                new Case(
                        "a source that failed cannot win later",
                        List.of("a@50", "b"),
                        List.of("10 failed a", "20 verified a", "30 verified b"),
                        List.of("0 start a FIRST", "10 start b REPLACEMENT", "30 won b")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decides(Case c) {
        assertThat(play(c, new HedgeBudget())).isEqualTo(c.decided());
    }

    @Test
    void without_budget_nobody_is_hedged_but_failures_are_replaced() {
        HedgeBudget empty = new HedgeBudget();
        while (empty.spend()) {}
        Case slow = new Case("slow", List.of("a@50", "b"), List.of("900 failed a", "950 verified b"), List.of());
        assertThat(play(slow, empty)).containsExactly("0 start a FIRST", "900 start b REPLACEMENT", "950 won b");
    }

    @Test
    void ten_races_earn_one_hedge() {
        HedgeBudget budget = new HedgeBudget();
        while (budget.spend()) {}
        for (int i = 0; i < 9; i++) {
            budget.earn();
        }
        assertThat(budget.spend()).isFalse();
        budget.earn();
        assertThat(budget.spend()).isTrue();
        assertThat(budget.spend()).isFalse();
        for (int i = 0; i < 1000; i++) {
            budget.earn();
        }
        int burst = 0;
        while (budget.spend()) {
            burst++;
        }
        assertThat(burst).isEqualTo(10);
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private static List<String> play(Case c, HedgeBudget budget) {
        List<Runner> runners = new ArrayList<>();
        for (String source : c.sources()) {
            boolean cold = source.endsWith("*");
            String[] parts = source.replace("*", "").split("@", -1);
            long hedge = parts.length > 1 ? Long.parseLong(parts[1]) : 100;
            runners.add(new Runner(parts[0], cold, Duration.ofMillis(hedge)));
        }
        TreeMap<Long, String> script = new TreeMap<>();
        c.script()
                .forEach(line -> script.put(
                        Long.parseLong(line.substring(0, line.indexOf(' '))), line.substring(line.indexOf(' ') + 1)));
        Race race = new Race(runners, RaceSettings.DEFAULT, budget);
        List<String> decided = new ArrayList<>();
        say(decided, 0, race.begin(0));
        while (true) {
            Map.Entry<Long, String> next = script.firstEntry();
            long wake = race.wakeAt();
            if (wake == Race.NEVER && next == null) {
                return decided;
            }
            if (next == null || wake <= nanos(next.getKey())) {
                say(decided, wake, race.at(wake));
                continue;
            }
            script.pollFirstEntry();
            String[] words = next.getValue().split(" ", -1);
            long now = nanos(next.getKey());
            say(decided, now, words[0].equals("verified") ? race.verified(words[1], now) : race.failed(words[1], now));
        }
    }

    private static void say(List<String> decided, long now, List<Move> moves) {
        for (Move move : moves) {
            String what = switch (move) {
                case Move.Start start -> "start " + start.source() + " " + start.why();
                case Move.Stop stop -> "stop " + stop.source() + " " + stop.because();
                case Move.Won won -> "won " + won.source();
                case Move.Over over -> "over";
            };
            decided.add(Duration.ofNanos(now).toMillis() + " " + what);
        }
    }
}
