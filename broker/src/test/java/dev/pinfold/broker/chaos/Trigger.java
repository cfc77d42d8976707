package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import dev.pinfold.broker.chaos.KillPoint.Statement;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the statements of a pin's life, and kills the broker at the one that was chosen. */
final class Trigger implements SqlProxy.Watcher {
    private final Runnable kill;
    private final Map<Statement, Integer> begun = new EnumMap<>(Statement.class);
    private final Map<Statement, Integer> done = new EnumMap<>(Statement.class);
    private @Nullable AtStatement chosen;
    private boolean fired;

    Trigger(Runnable kill) {
        this.kill = kill;
    }

    /** Begins to count anew; null chooses nothing. */
    synchronized void arm(@Nullable AtStatement point) {
        begun.clear();
        done.clear();
        chosen = point;
        fired = false;
    }

    /** Whether the chosen moment came. */
    synchronized boolean fired() {
        return fired;
    }

    /** How often each statement was carried out and had an effect, since armed. */
    synchronized Map<Statement, Integer> counted() {
        return new EnumMap<>(done);
    }

    @Override
    public boolean before(String sql) {
        if (!reached(sql, begun, false)) {
            return false;
        }
        kill.run();
        return true;
    }

    @Override
    public boolean after(String sql, int rows) {
        return rows > 0 && reached(sql, done, true);
    }

    @Override
    public void kept() {
        kill.run();
    }

    private synchronized boolean reached(String sql, Map<Statement, Integer> counts, boolean carriedOut) {
        Statement statement = Statement.of(sql).orElse(null);
        if (statement == null) {
            return false;
        }
        int count = counts.merge(statement, 1, Integer::sum);
        if (chosen == null
                || fired
                || chosen.done() != carriedOut
                || chosen.statement() != statement
                || chosen.occurrence() != count) {
            return false;
        }
        fired = true;
        return true;
    }
}
