package dev.pinfold.filecoin;

import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.deal.ColdReader;
import dev.pinfold.spi.deal.DealMaker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** One Lotus node with its wallet. It pins nothing by itself: all it can do is to make deals. */
final class FilecoinProvider implements Provider {
    private static final Duration STALL = Duration.ofSeconds(30);

    private final FilecoinSettings settings;
    private final Wire wire;
    private final Watches watches;
    private final LotusDeals deals;

    FilecoinProvider(FilecoinSettings settings, InstantSource clock) {
        this.settings = settings;
        SafeWords words = new SafeWords(settings.id(), settings.secrets());
        wire = new Wire(settings.connectTimeout(), STALL);
        watches = new Watches(settings);
        deals = new LotusDeals(settings, words, wire, watches, clock);
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.DEAL);
    }

    /** Asks what the node is and whether the token has every permission; see {@link DealMaker#check}. */
    @Override
    public void probe(Deadline deadline) {
        deals.check(deadline);
    }

    @Override
    public DealMaker deals() {
        return deals;
    }

    @Override
    public ColdReader coldReader() {
        return deals.reader();
    }

    @Override
    public void close() {
        watches.close();
        wire.close();
    }

    @Override
    public String toString() {
        return "FilecoinProvider[" + settings.id() + " at " + settings.endpoint() + "]";
    }
}
