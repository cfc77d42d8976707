package dev.pinfold.broker.cold;

import dev.pinfold.broker.alert.Alerts;
import dev.pinfold.broker.store.DealPieces;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.ProviderState;
import java.time.Clock;
import java.util.function.Function;
import java.util.function.Supplier;

/** The parts that make deals, put together. */
public final class Deals {
    private Deals() {}

    /**
     * Makes the loop that is to be started.
     *
     * @param states what the operator decided about providers
     * @param changed called when pins may have something new to show
     */
    public static DealLoop loop(
            DealStore store,
            DealPieces pieces,
            DealMakers makers,
            PieceShelf shelf,
            DealSettings settings,
            Supplier<Policy> policy,
            Function<String, ProviderState> states,
            DealTokens tokens,
            Alerts alerts,
            Metrics metrics,
            Clock clock,
            Runnable changed) {
        DealChooser chooser = new DealChooser(store, makers, settings, states, clock);
        DealKeeper keeper = new DealKeeper(store, pieces, chooser, settings, policy, alerts, tokens, clock);
        DealSteps steps = new DealSteps(store, shelf, tokens);
        return new DealLoop(store, pieces, makers, steps, keeper, settings, policy, alerts, metrics, changed);
    }
}
