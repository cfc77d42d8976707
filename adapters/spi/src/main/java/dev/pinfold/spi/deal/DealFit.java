package dev.pinfold.spi.deal;

import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.DealObjection.Constraint;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Whether a storage provider may be given a deal. Pure: everything it knows is handed in. */
public final class DealFit {
    private DealFit() {}

    /**
     * Every objection, in the order of {@link Constraint}; none where the deal may be proposed.
     *
     * @param funds what the wallet has; the deal's price must be in escrow and wallet together
     */
    public static List<DealObjection> check(
            DealWish wish, DealLimits limits, StorageProviderInfo provider, Ask ask, Funds funds) {
        List<DealObjection> found = new ArrayList<>();
        identity(wish, limits, provider, found);
        place(limits, provider, found);
        size(wish, provider, ask, found);
        price(wish, limits, ask, found);
        means(wish, ask, funds, found);
        return List.copyOf(found);
    }

    private static void identity(
            DealWish wish, DealLimits limits, StorageProviderInfo provider, List<DealObjection> found) {
        String address = provider.address();
        if (limits.excluded().contains(address)) {
            found.add(new DealObjection(Constraint.EXCLUDED, address + " is excluded"));
        }
        if (!limits.trusted().isEmpty() && !limits.trusted().contains(address)) {
            found.add(new DealObjection(Constraint.NOT_TRUSTED, address + " is not among the trusted"));
        }
        if (wish.taken().contains(address)) {
            found.add(new DealObjection(Constraint.DISTINCT, address + " has a copy of this piece already"));
        }
        if (provider.modes().isEmpty()) {
            found.add(new DealObjection(Constraint.MODE, address + " takes no deals from this node"));
        }
        if (provider.hasPower().isPresent() && !provider.hasPower().get()) {
            found.add(new DealObjection(Constraint.POWER, address + " stores nothing so far"));
        }
    }

    private static void place(DealLimits limits, StorageProviderInfo provider, List<DealObjection> found) {
        String country = provider.country();
        if (!limits.countries().isEmpty()
                && (country == null || !limits.countries().contains(country))) {
            found.add(new DealObjection(
                    Constraint.COUNTRY,
                    country == null
                            ? "the country of " + provider.address() + " is unknown, and unknown satisfies no rule"
                            : provider.address() + " is in " + country));
        }
    }

    private static void size(DealWish wish, StorageProviderInfo provider, Ask ask, List<DealObjection> found) {
        PieceSize largest = ask.largest().compareTo(provider.sectorSize()) <= 0 ? ask.largest() : provider.sectorSize();
        if (wish.size().compareTo(ask.smallest()) < 0 || wish.size().compareTo(largest) > 0) {
            found.add(new DealObjection(
                    Constraint.PIECE_SIZE,
                    "it takes pieces from " + ask.smallest() + " to " + largest + ", this has " + wish.size()));
        }
    }

    private static void price(DealWish wish, DealLimits limits, Ask ask, List<DealObjection> found) {
        AttoFil price = ask.price(wish.verified());
        if (price.isMoreThan(limits.mostPerGiB())) {
            found.add(new DealObjection(
                    Constraint.PRICE,
                    "it asks " + price + " attoFIL per GiB and epoch, at most " + limits.mostPerGiB() + " is allowed"));
        }
        AttoFil cost = wish.cost(ask);
        if (cost.isMoreThan(limits.mostPerDeal())) {
            found.add(new DealObjection(
                    Constraint.SPEND_PER_DEAL,
                    "the deal costs " + cost + " attoFIL, at most " + limits.mostPerDeal() + " is allowed"));
        }
        AttoFil month = cost.plus(wish.spentThisMonth());
        if (month.isMoreThan(limits.mostPerMonth())) {
            found.add(new DealObjection(
                    Constraint.SPEND_PER_MONTH,
                    "with it this month's deals cost " + month + " attoFIL, at most " + limits.mostPerMonth()
                            + " is allowed"));
        }
    }

    private static void means(DealWish wish, Ask ask, Funds funds, List<DealObjection> found) {
        AttoFil missing = wish.cost(ask).minusOrZero(funds.escrow().plus(funds.wallet()));
        if (!missing.isZero()) {
            found.add(new DealObjection(Constraint.FUNDS, "wallet and escrow lack " + missing + " attoFIL"));
        }
        BigInteger size = BigInteger.valueOf(wish.size().padded());
        if (wish.verified() && funds.dataCap().compareTo(size) < 0) {
            found.add(new DealObjection(
                    Constraint.DATACAP,
                    "the wallet has " + funds.dataCap() + " bytes of DataCap, " + size + " are needed"));
        }
    }
}
