package dev.pinfold.broker.cold;

import dev.pinfold.broker.cold.DealMakers.Maker;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.content.Cid;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.PieceSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/** The acts that {@link DealDecide} asks for. Each ends in an outcome, whatever happens. */
final class DealSteps {
    private final DealStore store;
    private final PieceShelf shelf;
    private final DealTokens tokens;

    DealSteps(DealStore store, PieceShelf shelf, DealTokens tokens) {
        this.store = store;
        this.shelf = shelf;
        this.tokens = tokens;
    }

    DealOutcome prepare(Maker maker, Deal deal) {
        Path file = shelf.find(deal.intent().piece()).orElse(null);
        if (file == null) {
            return new DealOutcome.Broke(new Failure.Unavailable("the piece's file is not on this broker's disk"));
        }
        CarSource car = new FileCar(
                file, deal.order().piece().payloadRoot(), deal.order().piece().carBytes());
        return attempt(() -> new DealOutcome.Prepared(
                maker.deals().prepare(order(deal), deal.checkpoint().ids(), car, store.promised(deal), maker.later())));
    }

    DealOutcome propose(Maker maker, Deal deal) {
        return attempt(() -> new DealOutcome.Seen(
                maker.deals().propose(order(deal), deal.checkpoint().ids(), maker.soon())));
    }

    DealOutcome look(Maker maker, Deal deal) {
        return attempt(() -> new DealOutcome.Seen(maker.deals().observe(ref(deal), maker.soon())));
    }

    DealOutcome release(Maker maker, Deal deal) {
        return attempt(() -> {
            maker.deals().release(ref(deal), maker.soon());
            return new DealOutcome.Released();
        });
    }

    private DealRef ref(Deal deal) {
        return new DealRef(order(deal), deal.checkpoint().ids(), store.others(deal));
    }

    /** The order as it goes out: with the token, which is nowhere stored. */
    private DealOrder order(Deal deal) {
        DealOrder kept = deal.order();
        return new DealOrder(
                kept.key(),
                kept.id(),
                kept.mode(),
                kept.client(),
                kept.provider(),
                kept.piece(),
                kept.terms(),
                new PieceSource(kept.source().url(), Map.of("Authorization", "Bearer " + tokens.token(kept.id()))));
    }

    private static DealOutcome attempt(Supplier<DealOutcome> act) {
        try {
            return act.get();
        } catch (ProviderException e) {
            return new DealOutcome.Broke(e.failure());
        }
    }

    /** A piece's payload on this machine's disk. */
    private record FileCar(Path file, Cid root, long sizeBytes) implements CarSource {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }
    }
}
