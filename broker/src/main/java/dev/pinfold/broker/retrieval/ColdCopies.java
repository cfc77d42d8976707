package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import dev.pinfold.policy.Money;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Copies that no reader asks first, because getting at them takes longer or costs: pieces. */
@FunctionalInterface
public interface ColdCopies {
    /** Nobody has any. */
    ColdCopies NONE = new ColdCopies() {
        @Override
        public Optional<InputStream> open(Cid root) {
            return Optional.empty();
        }

        @Override
        public boolean mayHave(Cid root) {
            return false;
        }
    };

    /**
     * Opens the whole DAG below a root as a CAR whose blocks are not verified and in no particular order.
     *
     * @return empty where no cold copy is within reach
     */
    Optional<InputStream> open(Cid root) throws IOException;

    /** Whether it makes sense to open this DAG; asked before every race, so it must be cheap. */
    default boolean mayHave(Cid root) {
        return true;
    }

    /** What it costs to open this DAG once, in the policy's currency; empty where that is not known. */
    default Optional<Money> price(Cid root) {
        return Optional.empty();
    }

    /**
     * All ways to open the DAG below a root, the nearest and cheapest first; where the bytes of one are wrong or end early,
     * the next may be right.
     */
    default List<Way> ways(Cid root) {
        return List.of(new Way("cold", deadline -> open(root).orElse(InputStream.nullInputStream()), evidence -> {}));
    }

    /**
     * One way to a cold copy.
     *
     * @param name how it is named to people
     * @param opening opens the CAR; may throw {@link dev.pinfold.spi.ProviderException}
     * @param refused told of bytes that were not those of their CIDs
     */
    record Way(String name, Opening opening, Consumer<String> refused) {}

    /** Opens a CAR; the deadline is for the opening. */
    @FunctionalInterface
    interface Opening {
        InputStream open(Deadline deadline) throws IOException;
    }
}
