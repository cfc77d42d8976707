package dev.pinfold.filecoin;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.ColdReader;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes deals through one Lotus node; which of the three ways is the order's choice. */
final class LotusDeals implements DealMaker {
    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusNode node;
    private final StorageProviders providers;
    private final LegacyDeals legacy;
    private final Mk12Deals mk12;
    private final Mk20Deals mk20;
    private final LegacyRetrieval retrieval;
    private final ProviderReads reads;
    private final Watches watches;
    /** What the node turned out to be; null until it was asked. */
    private volatile @Nullable Set<DealMode> modes;

    private volatile @Nullable String wallet;

    LotusDeals(FilecoinSettings settings, SafeWords words, Wire wire, Watches watches, InstantSource clock) {
        this.settings = settings;
        this.words = words;
        this.watches = watches;
        node = new LotusNode(settings, words, new LotusRpc(settings, words, wire));
        ChainView chain = new ChainView(node, settings.confirmations());
        CurioHttp curio = new CurioHttp(node, words, wire, clock);
        providers = new StorageProviders(settings, words, node, curio);
        Escrow escrow = new Escrow(settings, words, node);
        LegacyImports imports = new LegacyImports(settings, words, node);
        legacy = new LegacyDeals(
                words, node, chain, imports, new LegacyStates(words, node), escrow, settings.settleTime());
        mk12 = new Mk12Deals(words, node, chain, curio, providers, escrow);
        mk20 = new Mk20Deals(words, chain, curio, providers, new Allocations(words, node, chain, escrow));
        reads = new ProviderReads(words, wire, providers, curio);
        retrieval = new LegacyRetrieval(settings, words, node, imports);
    }

    ColdReader reader() {
        return reads;
    }

    LotusNode node() {
        return node;
    }

    @Override
    public NodeReport check(Deadline deadline) {
        String version = node.version(deadline);
        Set<DealMode> can = modes(deadline);
        boolean legacyNode = can.contains(DealMode.LEGACY);
        Set<String> missing =
                Permissions.missing(legacyNode ? Permissions.LEGACY : Permissions.MODERN, node.permissions(deadline));
        if (!missing.isEmpty()) {
            throw new ProviderException(
                    new Failure.Unauthorized(Permissions.sentence(settings.id(), missing, legacyNode)));
        }
        String network = node.network(deadline);
        if (settings.network() != null && !settings.network().equals(network)) {
            throw new ProviderException(new Failure.Rejected(
                    words.say("is on the network '" + network + "' and not on '" + settings.network() + "'", "")));
        }
        return new NodeReport(
                version,
                network,
                node.head(deadline).height(),
                wallet(deadline),
                List.copyOf(can),
                settings.coin(),
                settings.startBuffer(),
                settings.shortestDeal(),
                settings.longestDeal(),
                settings.confirmations());
    }

    /** By what the node can do and not by its version: forks keep old numbers. */
    private Set<DealMode> modes(Deadline deadline) {
        Set<DealMode> known = modes;
        if (known == null) {
            known = StorageProviders.modes(settings.mode(), makesDealsItself(deadline));
            modes = known;
        }
        return known;
    }

    /** A harmless question that only nodes with the client's market can answer. */
    private boolean makesDealsItself(Deadline deadline) {
        try {
            node.rpc().read("ClientGetDealStatus", deadline, 7);
            return true;
        } catch (LotusError e) {
            if (e.noSuchMethod()) {
                return false;
            }
            if (e.missingPermission()) {
                return true;
            }
            throw new ProviderException(node.rpc().failure(e));
        }
    }

    private String wallet(Deadline deadline) {
        String known = wallet;
        if (known == null) {
            known = node.wallet(deadline);
            wallet = known;
        }
        return known;
    }

    @Override
    public Epoch head(Deadline deadline) {
        return node.head(deadline).height();
    }

    @Override
    public Funds funds(Deadline deadline) {
        return node.funds(wallet(deadline), deadline);
    }

    @Override
    public List<String> storageProviders() {
        return List.copyOf(settings.providers().keySet());
    }

    @Override
    public StorageProviderInfo storageProvider(String address, Deadline deadline) {
        return providers.info(address, modes(deadline), wallet(deadline), deadline);
    }

    @Override
    public Ask ask(String address, DealMode mode, Deadline deadline) {
        return switch (mode) {
            case LEGACY -> withinSector(legacy.ask(address, deadline), address, deadline);
            case MK12 -> withinSector(providers.mk12Ask(address, deadline), address, deadline);
            case MK20 -> providers.mk20Ask(address, deadline);
        };
    }

    /** An ask may name more than the provider's sectors hold. */
    private Ask withinSector(Ask ask, String address, Deadline deadline) {
        PieceSize sector = PieceSize.ofPadded(
                node.minerInfo(address, deadline).path("SectorSize").asLong(0));
        return ask.largest().compareTo(sector) <= 0
                ? ask
                : new Ask(ask.pricePerGiB(), ask.verifiedPricePerGiB(), ask.smallest(), sector, ask.expiry());
    }

    @Override
    public CollateralBounds collateral(PieceSize size, boolean verified, Deadline deadline) {
        return node.collateral(size, verified, deadline);
    }

    @Override
    public Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline) {
        return road(order).prepare(order, ids, car, promised, deadline);
    }

    @Override
    public DealSighting propose(DealOrder order, DealIds ids, Deadline deadline) {
        return road(order).propose(order, ids, deadline);
    }

    @Override
    public DealSighting observe(DealRef ref, Deadline deadline) {
        return road(ref.order()).observe(ref, deadline);
    }

    @Override
    public void release(DealRef ref, Deadline deadline) {
        road(ref.order()).release(ref, deadline);
    }

    @Override
    public InputStream retrieve(DealRef ref, AttoFil atMost, Deadline deadline) {
        return switch (ref.order().mode()) {
            case LEGACY -> retrieval.open(ref, atMost, deadline);
            case MK12, MK20 -> throw new ProviderException(new Failure.Unsupported(Capability.RETRIEVE_CAR));
        };
    }

    @Override
    public Watch watch(Consumer<DealEvent> listener) {
        return watches.start(node, listener);
    }

    private DealRoad road(DealOrder order) {
        return switch (order.mode()) {
            case LEGACY -> legacy;
            case MK12 -> mk12;
            case MK20 -> mk20;
        };
    }
}
