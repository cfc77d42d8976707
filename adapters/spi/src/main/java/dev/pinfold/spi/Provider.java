package dev.pinfold.spi;

import dev.pinfold.content.Cid;
import dev.pinfold.spi.deal.ColdReader;
import dev.pinfold.spi.deal.DealMaker;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One place that can hold content: an account at a pinning company, an own node, a disk.
 *
 * <p>Every call blocks, is safe to make from many threads, ends by its deadline (with {@link Failure.Unavailable}, or
 * {@link Failure.OutcomeUnknown} where the request may have taken effect) and ends soon after its thread is
 * interrupted. No call retries by itself. Failures are thrown as {@link ProviderException}. A call whose capability is
 * not among {@link #capabilities()} throws {@link Failure.Unsupported} without contacting the provider.
 *
 * <p>Life of an order: {@link #pin} or {@link #upload} once; {@link #observe} any number of times, also before, after a
 * lost reply, or after {@link #unpin}; {@link #unpin} any number of times.
 */
public interface Provider extends AutoCloseable {
    /** What this provider can do. Never changes. */
    Set<Capability> capabilities();

    /**
     * Asks a harmless question that shows whether the provider answers and takes the credentials. Needs no capability.
     */
    void probe(Deadline deadline);

    /** Orders the content; the provider fetches it. Needs {@link Capability#PIN_BY_CID}. Not idempotent. */
    default Sighting pin(Order order, Deadline deadline) {
        throw lacks(Capability.PIN_BY_CID);
    }

    /**
     * Orders the content and hands it over. Needs {@link Capability#UPLOAD_CAR}.
     *
     * @param car the whole DAG below the order's root; opened once
     */
    default Sighting upload(Order order, CarSource car, Deadline deadline) {
        throw lacks(Capability.UPLOAD_CAR);
    }

    /**
     * Looks at an order. Needs {@link Capability#STATUS}. Without an upstream id it searches by key and CID; only a
     * provider that can prove absence answers {@link Observation.Absent} to that.
     */
    default Sighting observe(OrderRef ref, Deadline deadline) {
        throw lacks(Capability.STATUS);
    }

    /** Lets go of an order; idempotent: an unknown order is already gone. Needs {@link Capability#UNPIN}. */
    default void unpin(OrderRef ref, Deadline deadline) {
        throw lacks(Capability.UNPIN);
    }

    /**
     * Lists one page of everything the account holds. Needs {@link Capability#LIST}.
     *
     * @param from {@link PinListing#next()} of the page before; null for the first page
     * @throws ProviderException with {@link Failure.InvalidOrder} where no page can begin at {@code from}; the provider is
     *     not asked then
     */
    default PinListing list(@Nullable String from, Deadline deadline) {
        throw lacks(Capability.LIST);
    }

    /**
     * Fetches one block, not yet verified, at most 2 MiB (more is a {@link Failure.ProtocolViolation}). Needs
     * {@link Capability#RETRIEVE_RAW}. A block it does not have is {@link Failure.NotFound}.
     */
    default byte[] block(Cid cid, Deadline deadline) {
        throw lacks(Capability.RETRIEVE_RAW);
    }

    /**
     * Opens the DAG below a root as a CARv1 in depth-first order, not yet verified. Needs
     * {@link Capability#RETRIEVE_CAR}. The deadline covers the time until the stream opens; reading it may take longer.
     */
    default InputStream car(Cid root, Deadline deadline) {
        throw lacks(Capability.RETRIEVE_CAR);
    }

    /** The way to make storage deals here. Needs {@link Capability#DEAL}. Contacts nobody. */
    default DealMaker deals() {
        throw lacks(Capability.DEAL);
    }

    /** The way to read back what storage deals stored. Needs {@link Capability#DEAL}. Contacts nobody. */
    default ColdReader coldReader() {
        throw lacks(Capability.DEAL);
    }

    /**
     * Opens a part of a UnixFS file as a CARv1 in depth-first order, not yet verified: the blocks that lead to it, those of the
     * path first, then its own. A directory comes without what its entries name, whatever the bytes. Needs
     * {@link Capability#RETRIEVE_PART}. The deadline is that of {@link #car}. Source: trustless gateway specification,
     * {@code entity-bytes}.
     *
     * @param root the root of the file, or of the DAG that the path leads through
     * @param path names below the root, not percent-encoded, with {@code /} between them; empty for the root itself
     * @param from the first byte
     * @param to the last byte; {@link Long#MAX_VALUE} means to the end
     */
    default InputStream part(Cid root, String path, long from, long to, Deadline deadline) {
        throw lacks(Capability.RETRIEVE_PART);
    }

    /** Gives up connections and files. Idempotent. */
    @Override
    void close();

    private static ProviderException lacks(Capability capability) {
        return new ProviderException(new Failure.Unsupported(capability));
    }
}
