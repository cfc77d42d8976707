package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Copies that no reader asks first, because getting at them takes longer or costs: pieces. */
@FunctionalInterface
public interface ColdCopies {
    /** Nobody has any. */
    ColdCopies NONE = root -> Optional.empty();

    /**
     * Opens the whole DAG below a root as a CAR whose blocks are not verified and in no particular order.
     *
     * @return empty where no cold copy is within reach
     */
    Optional<InputStream> open(Cid root) throws IOException;
}
