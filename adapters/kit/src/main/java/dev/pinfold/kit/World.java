package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything around one provider that its contract test needs to see and move. A fresh one is made for each test. */
public interface World extends AutoCloseable {
    /** A configuration with which the provider works. */
    ProviderConfig config();

    /** Makes content findable for a provider that is given its CID. */
    void offer(Dag dag);

    /** How many orders for this root the provider's own books show now. Never asked through the adapter. */
    long held(Cid root);

    /** How often the provider has heard from anybody. */
    long contacts();

    /** What this world can bring about; for the rest, say why not in {@link ProviderContract#deviations()} . */
    default Set<Trouble> troubles() {
        return Set.of();
    }

    /**
     * Brings it about for every call from now on.
     *
     * @throws UnsupportedOperationException it is not among {@link #troubles()}
     */
    default void cause(Trouble trouble) {
        throw new UnsupportedOperationException("this world knows no " + trouble);
    }

    /** All goes well again. */
    default void heal() {}

    /** Texts that must not be seen in any message. */
    default List<String> secrets() {
        return List.of();
    }

    /** Settings, by name, that the factory must refuse, in place of those of {@link #config()}. */
    default Map<String, String> wrongSettings() {
        return Map.of();
    }

    /**
     * Waits until the provider has heard from somebody more often than this.
     *
     * @throws AssertionError it did not within ten seconds
     */
    default void awaitContact(long moreThan) {
        Patience.until(() -> contacts() > moreThan, "the provider to be contacted");
    }

    /** Opens the provider some other way than through its factory; most worlds need not. */
    default Provider open(dev.pinfold.spi.ProviderFactory factory) {
        return factory.open(config());
    }

    @Override
    void close();
}
