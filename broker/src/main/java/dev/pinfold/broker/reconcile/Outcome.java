package dev.pinfold.broker.reconcile;

import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Sighting;

/** How a step ended. */
public sealed interface Outcome {
    /** The provider told the state of the order. */
    record Seen(Sighting sighting) implements Outcome {}

    /** The call failed. */
    record Broke(Failure failure) implements Outcome {}

    /** The bytes are nowhere to be had for now; nothing was sent. */
    record NoSource(String report) implements Outcome {}

    /** Blocks were fetched from the provider and their hashes are right. */
    record Proven(String evidence) implements Outcome {}

    /**
     * The provider does not serve what it says it holds.
     *
     * @param wrongBytes true: it served something else; false: it served nothing
     */
    record Disproven(boolean wrongBytes, String evidence) implements Outcome {}

    /** The provider offers no way to fetch from it. */
    record NotCheckable(String reason) implements Outcome {}

    /** The copy is released. */
    record Released() implements Outcome {}
}
