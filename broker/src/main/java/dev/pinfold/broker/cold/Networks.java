package dev.pinfold.broker.cold;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.NodeReport;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which network a maker of deals is on, and what its coin is called; asked once. */
public final class Networks {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String SIMULATED = "SIMULATED";

    private final Fleet fleet;
    private final Map<String, Network> known = new ConcurrentHashMap<>();

    public Networks(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * A network.
     *
     * @param name such as {@code mainnet}
     * @param coin such as {@code FIL}
     */
    public record Network(String name, String coin) {
        /** Whether nothing on it is real. */
        public boolean simulated() {
            return name.startsWith(SIMULATED);
        }
    }

    /** The network of a maker; empty while its node cannot be asked. Blocks. */
    public Optional<Network> of(String maker) {
        Network there = known.get(maker);
        if (there != null) {
            return Optional.of(there);
        }
        try {
            Optional<NodeReport> report =
                    fleet.find(maker).map(node -> node.deals().check(Deadline.after(PATIENCE)));
            report.ifPresent(said -> known.put(maker, new Network(said.network(), said.coin())));
            return Optional.ofNullable(known.get(maker));
        } catch (ProviderException e) {
            return Optional.empty();
        }
    }
}
