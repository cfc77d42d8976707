package dev.pinfold.broker.cold;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealMaker;
import dev.pinfold.spi.deal.NodeReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The providers of the fleet through which deals can be made, and what their nodes say of themselves. */
public final class DealMakers {
    /** A node that was found fit is believed to be fit for so long. */
    private static final Duration REPORT_AGE = Duration.ofMinutes(10);

    private final Fleet fleet;
    private final Clock clock;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(NodeReport report, Instant at) {}

    public DealMakers(Fleet fleet, Clock clock) {
        this.fleet = fleet;
        this.clock = clock;
    }

    /** A provider that makes deals, and its node's own report. */
    record Maker(GuardedProvider provider, DealMaker deals, NodeReport report) {
        /** For a call without content. */
        Deadline soon() {
            return Deadline.after(provider.spec().guard().callTimeout());
        }

        /** For a call that carries content. */
        Deadline later() {
            return Deadline.after(provider.spec().guard().uploadTimeout());
        }
    }

    /** Their names, in the order of the configuration. */
    public List<String> ids() {
        return fleet.all().stream()
                .filter(provider -> provider.can(Capability.DEAL))
                .map(GuardedProvider::id)
                .toList();
    }

    /** Whether there is one at all. */
    public boolean any() {
        return !ids().isEmpty();
    }

    /**
     * A maker whose node answers and is fit for use.
     *
     * @throws ProviderException it is not; the failure says why
     */
    Maker open(String id) {
        GuardedProvider provider = fleet.find(id)
                .filter(p -> p.can(Capability.DEAL))
                .orElseThrow(() -> new ProviderException(
                        new Failure.Unavailable("provider '" + id + "' is not configured any more")));
        DealMaker deals = provider.deals();
        Known last = known.get(id);
        if (last == null || last.at().plus(REPORT_AGE).isBefore(clock.instant())) {
            last = new Known(deals.check(Deadline.after(provider.spec().guard().callTimeout())), clock.instant());
            known.put(id, last);
        }
        return new Maker(provider, deals, last.report());
    }
}
