package dev.pinfold.broker.retrieval;

import dev.pinfold.content.BlockSource;

/**
 * The blocks of one {@link Want}, verified, from wherever they are held. Cheapest when they are asked for in depth-first
 * order, which is the order in which they arrive; any block may be asked for at any time. Blocking: used on a virtual
 * thread. {@link #find} returns null when no source has the block (it is missing everywhere), and throws a
 * {@link RetrievalFailed} when sources failed or ran out of time, so that the three can be told apart.
 */
public interface Flight extends BlockSource, AutoCloseable {
    /** Lets go of what is still running for it. Idempotent. */
    @Override
    void close();
}
