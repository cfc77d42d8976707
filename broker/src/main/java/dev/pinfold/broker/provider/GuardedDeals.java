package dev.pinfold.broker.provider;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.CollateralBounds;
import dev.pinfold.spi.deal.DealEvent;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealMaker;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Funds;
import dev.pinfold.spi.deal.NodeReport;
import dev.pinfold.spi.deal.Preparation;
import dev.pinfold.spi.deal.StorageProviderInfo;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The deals of a {@link GuardedProvider}: every call keeps its rate, its places and its deadline, and is counted. */
final class GuardedDeals implements DealMaker {
    private final GuardedProvider guard;
    private final DealMaker deals;

    GuardedDeals(GuardedProvider guard, DealMaker deals) {
        this.guard = guard;
        this.deals = deals;
    }

    private <T> T look(Deadline deadline, GuardedProvider.AdapterCall<T> call) {
        return call(Operation.DEAL, null, deadline, call);
    }

    private <T> T call(
            Operation operation, @Nullable String key, Deadline deadline, GuardedProvider.AdapterCall<T> call) {
        return guard.deal(operation, key, deadline, call);
    }

    @Override
    public NodeReport check(Deadline deadline) {
        return look(deadline, deals::check);
    }

    @Override
    public Epoch head(Deadline deadline) {
        return look(deadline, deals::head);
    }

    @Override
    public Funds funds(Deadline deadline) {
        return look(deadline, deals::funds);
    }

    @Override
    public List<String> storageProviders() {
        return deals.storageProviders();
    }

    @Override
    public StorageProviderInfo storageProvider(String address, Deadline deadline) {
        return look(deadline, limit -> deals.storageProvider(address, limit));
    }

    @Override
    public Ask ask(String address, DealMode mode, Deadline deadline) {
        return look(deadline, limit -> deals.ask(address, mode, limit));
    }

    @Override
    public CollateralBounds collateral(PieceSize size, boolean verified, Deadline deadline) {
        return look(deadline, limit -> deals.collateral(size, verified, limit));
    }

    @Override
    public Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline) {
        return call(Operation.PREPARE, order.key(), deadline, limit -> deals.prepare(order, ids, car, promised, limit));
    }

    @Override
    public DealSighting propose(DealOrder order, DealIds ids, Deadline deadline) {
        return call(Operation.PROPOSE, order.key(), deadline, limit -> deals.propose(order, ids, limit));
    }

    @Override
    public DealSighting observe(DealRef ref, Deadline deadline) {
        return look(deadline, limit -> deals.observe(ref, limit));
    }

    @Override
    public void release(DealRef ref, Deadline deadline) {
        look(deadline, limit -> {
            deals.release(ref, limit);
            return Boolean.TRUE;
        });
    }

    /** The stream keeps its place among the concurrent calls until it is closed. */
    @Override
    public InputStream retrieve(DealRef ref, AttoFil atMost, Deadline deadline) {
        return call(Operation.RETRIEVE, null, deadline, limit -> guard.held(deals.retrieve(ref, atMost, limit)));
    }

    @Override
    public Watch watch(Consumer<DealEvent> listener) {
        return deals.watch(listener);
    }
}
