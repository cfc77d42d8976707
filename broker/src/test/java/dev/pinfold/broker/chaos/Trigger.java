package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts the statements of a life, and kills the broker at the one that was chosen.
 *
 * @param <S> the statements that matter
 */
final class Trigger<S> implements SqlProxy.Watcher {
    private final Function<String, Optional<S>> statements;
    private final Runnable kill;
    private final Map<S, Integer> begun = new LinkedHashMap<>();
    private final Map<S, Integer> done = new LinkedHashMap<>();
    private @Nullable AtStatement<S> chosen;
    private boolean fired;

    /**
     * Makes one that is not armed.
     *
     * @param statements which statement this text is; empty for one that does not matter
     */
    Trigger(Function<String, Optional<S>> statements, Runnable kill) {
        this.statements = statements;
        this.kill = kill;
    }

    /** Begins to count anew; null chooses nothing. */
    synchronized void arm(@Nullable AtStatement<S> point) {
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
    synchronized Map<S, Integer> counted() {
        return new LinkedHashMap<>(done);
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

    private synchronized boolean reached(String sql, Map<S, Integer> counts, boolean carriedOut) {
        S statement = statements.apply(sql).orElse(null);
        if (statement == null) {
            return false;
        }
        int count = counts.merge(statement, 1, Integer::sum);
        if (chosen == null
                || fired
                || chosen.done() != carriedOut
                || !chosen.statement().equals(statement)
                || chosen.occurrence() != count) {
            return false;
        }
        fired = true;
        return true;
    }
}
