package dev.pinfold.broker.cold;

import dev.pinfold.broker.cold.DealMakers.Maker;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.ColdPlaces;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Plan;
import dev.pinfold.policy.ProviderState;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.Ask;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealFit;
import dev.pinfold.spi.deal.DealLimits;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealObjection;
import dev.pinfold.spi.deal.DealObjection.Constraint;
import dev.pinfold.spi.deal.DealWish;
import dev.pinfold.spi.deal.Epoch;
import dev.pinfold.spi.deal.Funds;
import dev.pinfold.spi.deal.NodeReport;
import dev.pinfold.spi.deal.StorageProviderInfo;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the storage provider for one copy of a piece: by the policy's cold section, against what each asks for now, by
 * what came of earlier deals, and by price; ties by a hash of piece and storage provider. Says why each other was not
 * taken.
 */
final class DealChooser {
    /** No more are asked for one copy; the others come up when these do not do. */
    private static final int MOST_ASKED = 60;

    private final DealStore store;
    private final DealMakers makers;
    private final DealSettings settings;
    private final Function<String, ProviderState> states;
    private final Clock clock;

    DealChooser(
            DealStore store,
            DealMakers makers,
            DealSettings settings,
            Function<String, ProviderState> states,
            Clock clock) {
        this.store = store;
        this.makers = makers;
        this.settings = settings;
        this.states = states;
        this.clock = clock;
    }

    /** A storage provider that takes the deal, on these terms. */
    record Offer(
            Maker maker,
            StorageProviderInfo provider,
            DealMode mode,
            Ask ask,
            boolean verified,
            Epoch head,
            long duration,
            AttoFil epochPrice) {}

    /**
     * What was found.
     *
     * @param best null where nobody takes the deal
     * @param against why each other does not, in one line each
     * @param lacksFunds names of makers whose wallet does not suffice, with what is missing
     * @param refuse names of makers whose node does not let this broker make deals, with what is missing
     */
    record Choice(
            @Nullable Offer best, List<String> against, Map<String, String> lacksFunds, Map<String, String> refuse) {}

    /** What is looked for: one copy of a piece of a class. */
    private record Wanted(PieceNeed need, DealSlots.Open slot, PlacementClass rules, ColdGoal goal, int missing) {
        PieceSize size() {
            return need.piece().size();
        }
    }

    /** One search: what was found so far. */
    private static final class Search {
        final List<Offer> offers = new ArrayList<>();
        final List<String> against = new ArrayList<>();
        final Map<String, String> lacksFunds = new HashMap<>();
        final Map<String, String> refuse = new HashMap<>();
        int asked;
    }

    /**
     * Chooses.
     *
     * @param missing copies of the piece without a deal, this one included
     */
    Choice choose(PieceNeed need, DealSlots.Open slot, PlacementClass rules, ColdGoal goal, int missing) {
        Wanted wanted = new Wanted(need, slot, rules, goal, missing);
        Search search = new Search();
        for (String id : makers.ids()) {
            if (states.apply(id) != ProviderState.ACTIVE) {
                search.against.add(id + " is " + states.apply(id).name().toLowerCase(java.util.Locale.ROOT));
                continue;
            }
            try {
                ask(makers.open(id), wanted, search);
            } catch (ProviderException e) {
                search.against.add(id + ": " + e.failure().detail());
                if (e.failure() instanceof Failure.Unauthorized) {
                    search.refuse.put(id, e.failure().detail());
                }
            }
        }
        Map<String, DealStore.Past> past = store.past();
        Offer best = search.offers.stream().min(order(wanted, past)).orElse(null);
        return new Choice(best, search.against, search.lacksFunds, search.refuse);
    }

    private void ask(Maker maker, Wanted wanted, Search search) {
        Epoch head = maker.deals().head(maker.soon());
        Funds funds = free(
                maker.deals().funds(maker.soon()),
                store.promised(maker.provider().id()));
        AttoFil spent = store.spentThisMonth(maker.provider().id());
        DealLimits limits = settings.limits(wanted.goal());
        Set<String> taken = DealSlots.taken(wanted.need(), wanted.slot().slot());
        List<Map<String, String>> places = places(maker, wanted);
        for (String address : maker.deals().storageProviders()) {
            String against = atOnce(address, limits, taken, wanted.need());
            if (against == null && search.asked++ < MOST_ASKED) {
                try {
                    against = ask(maker, address, wanted, limits, taken, places, funds, spent, head, search);
                } catch (ProviderException e) {
                    against = e.failure().detail();
                }
            }
            if (against != null) {
                search.against.add(address + ": " + against);
            }
        }
    }

    /** What is not promised to deals that have not locked it yet. */
    private static Funds free(Funds funds, AttoFil promised) {
        AttoFil beyondEscrow = promised.minusOrZero(funds.escrow());
        return new Funds(
                funds.wallet().minusOrZero(beyondEscrow),
                funds.escrow().minusOrZero(promised),
                funds.locked(),
                funds.dataCap());
    }

    /** What speaks against a storage provider without asking it. */
    private @Nullable String atOnce(String address, DealLimits limits, Set<String> taken, PieceNeed need) {
        if (limits.excluded().contains(address)) {
            return "is excluded";
        }
        if (!limits.trusted().isEmpty() && !limits.trusted().contains(address)) {
            return "is not among the trusted";
        }
        if (taken.contains(address)) {
            return "has a copy already";
        }
        var until = DealSlots.restsUntil(need, address, settings.check());
        return until.isAfter(clock.instant()) ? "did not keep this piece before; asked again at " + until : null;
    }

    private @Nullable String ask(
            Maker maker,
            String address,
            Wanted wanted,
            DealLimits limits,
            Set<String> taken,
            List<Map<String, String>> places,
            Funds funds,
            AttoFil spent,
            Epoch head,
            Search search) {
        StorageProviderInfo info = maker.deals().storageProvider(address, maker.soon());
        Optional<Plan.Excluded> place = ColdPlaces.against(
                wanted.rules(), wanted.need().jurisdictions(), address, labels(info), places, wanted.missing());
        if (place.isPresent()) {
            return place.get().constraint() + ": " + place.get().reason();
        }
        if (info.modes().isEmpty()) {
            return "takes no deals from this node";
        }
        String against = null;
        for (DealMode mode : info.modes()) {
            Ask ask = maker.deals().ask(address, mode, maker.soon());
            for (boolean verified : verified(wanted, funds)) {
                long duration = duration(wanted.goal(), maker.report());
                DealWish wish = new DealWish(wanted.size(), duration, verified, taken, spent);
                List<DealObjection> objections = DealFit.check(wish, limits, info, ask, funds);
                if (objections.isEmpty()) {
                    AttoFil price = ask.epochPrice(wanted.size(), verified);
                    search.offers.add(new Offer(maker, info, mode, ask, verified, head, duration, price));
                    return null;
                }
                against = told(maker, objections, search);
            }
        }
        return against;
    }

    private String told(Maker maker, List<DealObjection> objections, Search search) {
        DealObjection first = objections.getFirst();
        if (first.constraint() == Constraint.FUNDS || first.constraint() == Constraint.DATACAP) {
            search.lacksFunds.put(maker.provider().id(), first.reason());
        }
        boolean unpriced = first.constraint() == Constraint.PRICE && settings.coinPrice() == null;
        return first.reason()
                + (unpriced ? "; the policy has maxPricePerGiBMonth, so set deals.coinPrice to compare" : "");
    }

    private static List<Boolean> verified(Wanted wanted, Funds funds) {
        boolean enough =
                funds.dataCap().compareTo(BigInteger.valueOf(wanted.size().padded())) >= 0;
        return switch (wanted.goal().deal().verified()) {
            case REQUIRE -> List.of(true);
            case NEVER -> List.of(false);
            case PREFER -> enough ? List.of(true, false) : List.of(false);
        };
    }

    /** As the policy says, within what the network takes. */
    private static long duration(ColdGoal goal, NodeReport report) {
        long wished = Epoch.epochsIn(goal.deal().duration());
        return Math.clamp(wished, report.shortest(), report.longest());
    }

    private static List<Map<String, String>> places(Maker maker, Wanted wanted) {
        if (wanted.goal().spread().isEmpty()) {
            return List.of();
        }
        List<Map<String, String>> places = new ArrayList<>();
        for (String address : DealSlots.taken(wanted.need(), wanted.slot().slot())) {
            places.add(labels(maker.deals().storageProvider(address, maker.soon())));
        }
        return places;
    }

    /** All that is known of where it is and whose: nothing that is not known of it itself. */
    private static Map<String, String> labels(StorageProviderInfo info) {
        Map<String, String> labels = new HashMap<>(Map.of("provider", info.address(), "backend", "lotus"));
        String country = info.country();
        if (country != null) {
            labels.put("country", country);
        }
        String jurisdiction = info.jurisdiction();
        if (jurisdiction != null) {
            labels.put("jurisdiction", jurisdiction);
        }
        return labels;
    }

    private static Comparator<Offer> order(Wanted wanted, Map<String, DealStore.Past> past) {
        String before = wanted.slot().before();
        Cid piece = wanted.need().piece().cidV1();
        return Comparator.comparingInt((Offer o) -> o.provider().address().equals(before) ? 0 : 1)
                .thenComparingLong(o -> past.getOrDefault(o.provider().address(), DealStore.Past.NONE)
                        .failuresInThousand())
                .thenComparing(o -> o.epochPrice().times(o.duration()))
                .thenComparing(o -> weight(piece, o.provider().address()));
    }

    /** The same for ever, and another one for each piece: spreads pieces over storage providers that are equally good. */
    private static String weight(Cid piece, String address) {
        try {
            byte[] both = (piece + " " + address).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(both));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
