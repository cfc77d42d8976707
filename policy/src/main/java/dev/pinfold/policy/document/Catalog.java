package dev.pinfold.policy.document;

import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.ProviderSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * A provider catalog that was read.
 *
 * @param revision grows with every change
 * @param entries all providers, in file order
 * @param fxRates exchange rates by currency
 */
public record Catalog(long revision, List<Entry> entries, SortedMap<String, Inventory.FxRate> fxRates) {
    /** Copies the list. */
    public Catalog {
        entries = List.copyOf(entries);
    }

    /**
     * One provider of the catalog.
     *
     * @param snapshot what is known, with unknown health and no usage
     * @param displayName name for people; empty when none is given
     * @param adapter which adapter talks to it; empty when none is given
     * @param settings the adapter's settings; never secrets
     */
    public record Entry(
            ProviderSnapshot snapshot, String displayName, String adapter, SortedMap<String, String> settings) {}

    /** The catalog as an inventory: nothing measured, nothing stored. Live readings are laid over it by the caller. */
    public Inventory inventory(Instant asOf) {
        return Inventory.of(asOf, entries.stream().map(Entry::snapshot).toList(), fxRates);
    }
}
