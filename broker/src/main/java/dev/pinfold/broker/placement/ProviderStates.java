package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.ProviderStateStore;
import dev.pinfold.broker.store.ProviderStateStore.StateRow;
import dev.pinfold.policy.ProviderState;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the operator decided about each provider, as all brokers of one database see it. */
public final class ProviderStates {
    private final ProviderStateStore store;
    private volatile Map<String, StateRow> states = Map.of();

    private ProviderStates(ProviderStateStore store) {
        this.store = store;
    }

    public static ProviderStates open(ProviderStateStore store) {
        ProviderStates states = new ProviderStates(store);
        states.reload();
        return states;
    }

    /** Reads the decisions again. */
    public void reload() {
        states = store.all().stream().collect(Collectors.toUnmodifiableMap(StateRow::provider, row -> row));
    }

    /** The decisions about the providers that are not active. */
    public Map<String, StateRow> decided() {
        return states;
    }

    /** The state of a provider. */
    public ProviderState of(String provider) {
        StateRow row = states.get(provider);
        return row == null
                ? ProviderState.ACTIVE
                : ProviderState.valueOf(row.state().toUpperCase(Locale.ROOT));
    }
}
