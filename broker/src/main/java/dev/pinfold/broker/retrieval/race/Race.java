package dev.pinfold.broker.retrieval.race;

import dev.pinfold.broker.retrieval.race.Move.Because;
import dev.pinfold.broker.retrieval.race.Move.Why;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One race to the first verified block: the best source starts; the next one when that takes longer than usual (as far as
 * the budget for hedges goes), and at once when one fails; cold sources when no hot one serves. The first verified block
 * wins and all others stop.
 *
 * <p>Told what happened and when, it answers with what to do; what comes after the end is ignored. Instants are those of
 * {@link System#nanoTime()}, or any other scale in nanoseconds. Used by one thread.
 */
public final class Race {
    /** An instant that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    private record Running(Runner runner, long until) {}

    private final Deque<Runner> hot = new ArrayDeque<>();
    private final Deque<Runner> cold = new ArrayDeque<>();
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final RaceSettings settings;
    private final HedgeBudget budget;
    private long hedgeAt = NEVER;
    private long coldAt = NEVER;
    private boolean over;

    /**
     * Prepares a race.
     *
     * @param runners all sources, best first
     */
    public Race(List<Runner> runners, RaceSettings settings, HedgeBudget budget) {
        runners.forEach(runner -> (runner.cold() ? cold : hot).add(runner));
        this.settings = settings;
        this.budget = budget;
    }

    /** Starts. */
    public List<Move> begin(long now) {
        List<Move> moves = new ArrayList<>();
        budget.earn();
        coldAt = cold.isEmpty() ? NEVER : now + settings.coldAfter().toNanos();
        next(Why.FIRST, now, moves);
        return moves;
    }

    /** A source gave a block that is right. */
    public List<Move> verified(String source, long now) {
        List<Move> moves = new ArrayList<>();
        if (over || running.remove(source) == null) {
            return moves;
        }
        over = true;
        moves.add(new Move.Won(source));
        running.keySet().forEach(loser -> moves.add(new Move.Stop(loser, Because.OUTRUN)));
        running.clear();
        return moves;
    }

    /** A source failed. */
    public List<Move> failed(String source, long now) {
        List<Move> moves = new ArrayList<>();
        if (!over && running.remove(source) != null) {
            next(Why.REPLACEMENT, now, moves);
        }
        return moves;
    }

    /** Nothing happened until this instant; to be asked at {@link #wakeAt()}. */
    public List<Move> at(long now) {
        List<Move> moves = new ArrayList<>();
        if (over) {
            return moves;
        }
        for (Iterator<Running> each = running.values().iterator(); each.hasNext(); ) {
            Running late = each.next();
            if (late.until() <= now) {
                each.remove();
                moves.add(new Move.Stop(late.runner().source(), Because.TOO_LATE));
            }
        }
        if (!moves.isEmpty()) {
            next(Why.REPLACEMENT, now, moves);
        }
        if (!over && hedgeAt <= now) {
            hedge(now, moves);
        }
        if (!over && coldAt <= now) {
            startCold(now, moves);
        }
        return moves;
    }

    /** When {@link #at} is to be asked next if nothing happens; {@link #NEVER} after the end. */
    public long wakeAt() {
        if (over) {
            return NEVER;
        }
        long earliest = Math.min(hedgeAt, coldAt);
        for (Running each : running.values()) {
            earliest = Math.min(earliest, each.until());
        }
        return earliest;
    }

    private void next(Why why, long now, List<Move> moves) {
        if (runningHot() < settings.hot() && startHot(why, now, moves)) {
            return;
        }
        if (runningHot() == 0 && running.isEmpty()) {
            startCold(now, moves);
        }
        if (running.isEmpty()) {
            over = true;
            moves.add(new Move.Over());
        }
    }

    private void hedge(long now, List<Move> moves) {
        if (hot.isEmpty() || runningHot() >= settings.hot()) {
            hedgeAt = NEVER;
        } else if (budget.spend()) {
            startHot(Why.HEDGE, now, moves);
        } else {
            // The budget may have something left a little later.
            hedgeAt = now + hot.peek().hedgeAfter().toNanos();
        }
    }

    private boolean startHot(Why why, long now, List<Move> moves) {
        Runner runner = hot.poll();
        if (runner == null) {
            return false;
        }
        running.put(
                runner.source(), new Running(runner, now + settings.firstBlock().toNanos()));
        hedgeAt = hot.isEmpty() ? NEVER : now + runner.hedgeAfter().toNanos();
        moves.add(new Move.Start(runner.source(), why));
        return true;
    }

    private void startCold(long now, List<Move> moves) {
        coldAt = NEVER;
        Runner runner = cold.poll();
        if (runner != null) {
            running.put(
                    runner.source(),
                    new Running(runner, now + settings.coldFirstBlock().toNanos()));
            moves.add(new Move.Start(runner.source(), Why.COLD));
        }
    }

    private int runningHot() {
        int count = 0;
        for (Running each : running.values()) {
            count += each.runner().cold() ? 0 : 1;
        }
        return count;
    }
}
