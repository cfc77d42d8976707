package dev.pinfold.broker.placement;

import dev.pinfold.broker.placement.Drains.Drain;
import dev.pinfold.broker.store.DrainStore;
import dev.pinfold.broker.store.MoveStore;
import dev.pinfold.broker.store.MoveStore.Candidate;
import dev.pinfold.broker.store.MoveStore.Load;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets pins move, no faster than the policy says: those of the plan that is being applied, and those with a copy at a
 * provider that is being left. It only asks for a new decision; {@link PinPlacement} takes it, and gives the old copies up
 * once the new ones are there.
 */
public final class Mover {
    private static final Logger log = LoggerFactory.getLogger(Mover.class);

    private final MoveStore moves;
    private final DrainStore ends;
    private final Drains drains;
    private final ProviderStates states;
    private final FleetView fleet;
    private final Supplier<Policy> policy;
    private final Duration again;
    private final Metrics metrics;

    /**
     * Makes the mover.
     *
     * @param again pause before a pin that could not leave a provider is tried again
     */
    public Mover(
            MoveStore moves,
            DrainStore ends,
            Drains drains,
            ProviderStates states,
            FleetView fleet,
            Supplier<Policy> policy,
            Duration again,
            Metrics metrics) {
        this.moves = moves;
        this.ends = ends;
        this.drains = drains;
        this.states = states;
        this.fleet = fleet;
        this.policy = policy;
        this.again = again;
        this.metrics = metrics;
    }

    /** Lets the next portion move; returns how many pins that concerns. */
    public int advance() {
        Policy inForce = policy.get();
        Upkeep upkeep = inForce.upkeep();
        if (fleet.brake(upkeep.repair()) != null) {
            return 0;
        }
        long copies = fleet.copies();
        int done = moves.advancePlan(
                upkeep.repair().maxConcurrent() * 4, (load, candidates) -> choose(upkeep, load, copies, candidates));
        for (Drain drain : drains.begun().values()) {
            done += moves.leave(drain.provider(), upkeep.repair().maxConcurrent(), again);
            if (drain.finishedAt() == null
                    && ends.end(drain.provider(), drain.since(), drain.by(), drain.reason(), drain.deadline())) {
                metrics.drainEnded(drain.provider());
                log.info("event=drain.finished provider={} by={}", drain.provider(), drain.by());
                states.reload();
            }
        }
        return done;
    }

    /**
     * Which moves may begin now.
     *
     * @param load what moves already, or began within a day
     * @param copies all copies there are
     * @param candidates in the order in which they are to begin
     */
    static List<Candidate> choose(Upkeep upkeep, Load load, long copies, List<Candidate> candidates) {
        Pace pace = new Pace(upkeep.repair(), load.pins(), load.bytesToday(), load.into());
        long forMoney = load.forMoneyToday();
        long moneyPerDay = moneyPerDay(upkeep.rebalance(), copies);
        List<Candidate> chosen = new ArrayList<>();
        for (Candidate move : candidates) {
            boolean tooMany = move.money() && forMoney >= moneyPerDay;
            if (!tooMany && pace.begin(move.added(), move.bytes()) == null) {
                forMoney += move.money() ? 1 : 0;
                chosen.add(move);
            }
        }
        return chosen;
    }

    /** How many moves for the price may begin within a day; at least one. */
    private static long moneyPerDay(Upkeep.Rebalance rule, long copies) {
        // Of copies, which are at least as many as pins; far from overflow at any number of them.
        return Math.max(1, copies * rule.maxMovePerDay().millionths() / 1_000_000);
    }
}
