package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes storage deals through one node and its wallet. Keys never leave the node.
 *
 * <p>As with {@link dev.pinfold.spi.Provider}, every call blocks, is safe to make from many threads, ends by its deadline
 * and soon after an interrupt, repeats nothing by itself, and fails with a {@link ProviderException}. A call that is not
 * {@link #prepare} or {@link #propose} changes nothing outside, and can be repeated without harm.
 *
 * <p>Life of a deal, each step after the one before has been written down: {@link #prepare} until
 * {@link Preparation.Ready}; {@link #propose} once; {@link #observe} for as long as it matters; {@link #release} at the
 * end. Where {@link #propose} fails with {@link Failure.OutcomeUnknown} the next call is {@link #observe}, and only
 * {@link DealObservation.Absent} allows to propose again, with the same order.
 */
public interface DealMaker {
    /**
     * Asks the node what it is and what it can do, and whether the token has every permission that is needed.
     *
     * @throws ProviderException {@link Failure.Unauthorized} with a sentence that names the missing permission and how to
     *     get it; {@link Failure.Rejected} where the node is not usable, for example on the wrong network
     */
    NodeReport check(Deadline deadline);

    /** The chain's head. */
    Epoch head(Deadline deadline);

    /** What the wallet can spend, at the chain's head. */
    Funds funds(Deadline deadline);

    /** The storage providers that the operator names as candidates, in the order of the configuration. Asks nobody. */
    List<String> storageProviders();

    /** What is known of a storage provider. One that does not exist is {@link Failure.NotFound}. */
    StorageProviderInfo storageProvider(String address, Deadline deadline);

    /**
     * What a storage provider asks for, now. Market 2.0 without a payment contract has no price: its ask is zero.
     *
     * @param mode one of {@link StorageProviderInfo#modes()}
     */
    Ask ask(String address, DealMode mode, Deadline deadline);

    /** What the chain allows a storage provider to pledge for a piece of this size. */
    CollateralBounds collateral(PieceSize size, boolean verified, Deadline deadline);

    /**
     * Brings about what the proposal stands on: the node holds the payload (legacy), escrow covers the deal (mk12), a
     * DataCap allocation exists (mk20, verified). Looks before it acts, so it may be called again at any time, also after
     * {@link Failure.OutcomeUnknown}; two calls for one order must not run at the same time.
     *
     * @param ids what an earlier call returned
     * @param car the payload; opened only where the node itself must have it
     * @param promised what other deals of the same wallet will lock in escrow and have not locked yet: it is not there for
     *     this one
     * @throws ProviderException {@link Failure.QuotaExceeded} where coins or DataCap are missing: the message says how much
     */
    Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline);

    /**
     * Proposes the deal. Not idempotent by itself in legacy mode.
     *
     * @param ids what {@link Preparation.Ready} gave
     * @throws ProviderException {@link Failure.OutcomeUnknown} with the order's key where the proposal may have arrived
     */
    DealSighting propose(DealOrder order, DealIds ids, Deadline deadline);

    /** Looks at a deal. Answers {@link DealObservation.Absent} only where absence is proven. */
    DealSighting observe(DealRef ref, Deadline deadline);

    /** Lets go of what the node holds for the deal, once nobody needs it any more. Idempotent; coins stay where they are. */
    void release(DealRef ref, Deadline deadline);

    /**
     * Buys the payload back through the node and opens it as a CAR, not yet verified. Legacy nodes only; otherwise
     * {@link Failure.Unsupported}. Storage providers with {@link StorageProviderInfo#http()} are asked there first.
     *
     * @param atMost the most that may be paid for the whole of it
     */
    InputStream retrieve(DealRef ref, AttoFil atMost, Deadline deadline);

    /**
     * Tells of events until it is closed. Falls back to asking in intervals where the node cannot push. The listener is
     * called from one thread of the adapter and must not block.
     */
    Watch watch(Consumer<DealEvent> listener);

    /** A running watch. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
