package dev.pinfold.broker.cold;

import dev.pinfold.spi.Failure;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.Preparation;

/** What came of a step. */
public sealed interface DealOutcome {
    /** The ground for a proposal is laid, or being laid. */
    record Prepared(Preparation preparation) implements DealOutcome {}

    /** The deal was seen: looked at, or answered to its proposal. */
    record Seen(DealSighting sighting) implements DealOutcome {}

    /** The call failed. */
    record Broke(Failure failure) implements DealOutcome {}

    /** The node let go of it. */
    record Released() implements DealOutcome {}
}
