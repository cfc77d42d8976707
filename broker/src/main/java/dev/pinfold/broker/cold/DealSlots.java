package dev.pinfold.broker.cold;

import dev.pinfold.broker.cold.DealIntent.Reason;
import dev.pinfold.spi.deal.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which copies of a piece want a deal. Pure: chain time comes in as a value. */
final class DealSlots {
    private DealSlots() {}

    /**
     * A copy without a deal.
     *
     * @param replaces the deal whose place is to be taken; null for a first copy
     * @param before its storage provider, which has the piece already where the deal is only renewed; null otherwise
     */
    record Open(
            int slot,
            Reason reason,
            @Nullable UUID replaces,
            @Nullable String before) {}

    /**
     * The copies that want a deal, the first ones first.
     *
     * @param renewBefore how many epochs before its end a deal is replaced
     */
    static List<Open> open(PieceNeed need, Epoch head, long renewBefore) {
        List<Open> open = new ArrayList<>();
        for (int slot = 0; slot < need.copies(); slot++) {
            int copy = slot;
            List<Deal> mine =
                    need.deals().stream().filter(d -> d.intent().slot() == copy).toList();
            boolean covered = mine.stream().anyMatch(d -> d.state().live() || lasts(d, head, renewBefore));
            if (!covered) {
                open.add(open(slot, mine));
            }
        }
        return open;
    }

    /** A deal that ends because nobody wanted its piece counts again once somebody does, while its end is far. */
    private static boolean lasts(Deal deal, Epoch head, long renewBefore) {
        return deal.state() == DealState.ENDING && head.until(deal.end()) > renewBefore;
    }

    private static Open open(int slot, List<Deal> mine) {
        Optional<Deal> ending = mine.stream()
                .filter(d -> d.state() == DealState.ENDING)
                .max(Comparator.comparingLong(d -> d.end().height()));
        if (ending.isPresent()) {
            return new Open(
                    slot, Reason.RENEWAL, ending.get().id(), ending.get().provider());
        }
        return mine.isEmpty()
                ? new Open(slot, Reason.COPY, null, null)
                : new Open(slot, Reason.REPAIR, mine.getLast().id(), null);
    }

    /** Storage providers that hold the piece or are asked to, but for those that only a copy of this slot ends at. */
    static Set<String> taken(PieceNeed need, int slot) {
        return need.deals().stream()
                .filter(d -> d.state().live()
                        || (d.state() == DealState.ENDING && d.intent().slot() != slot))
                .map(Deal::provider)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Until when a storage provider is not asked again for this piece, because it did not take it, or lost it. */
    static Instant restsUntil(PieceNeed need, String provider, Duration rest) {
        List<Deal> bad = need.deals().stream()
                .filter(d -> d.provider().equals(provider) && d.state().over() && d.state() != DealState.EXPIRED)
                .toList();
        if (bad.isEmpty()) {
            return Instant.MIN;
        }
        long times = 1L << Math.min(bad.size() - 1, 10);
        return bad.getLast().since().plus(rest.multipliedBy(times));
    }

    /** How many epochs are left until the deal ends whose place is to be taken; none where there is none. */
    static long left(PieceNeed need, Open slot, Epoch head) {
        return need.deals().stream()
                .filter(d -> d.id().equals(slot.replaces()))
                .mapToLong(d -> head.until(d.end()))
                .findFirst()
                .orElse(0);
    }

    /** The deals that were to take the same deal's place and came to nothing, the oldest first. */
    static List<Deal> failedRenewals(PieceNeed need, Open slot) {
        return need.deals().stream()
                .filter(d -> d.intent().reason() == Reason.RENEWAL
                        && Objects.equals(d.intent().replaces(), slot.replaces())
                        && d.state().over())
                .toList();
    }

    /** Copies whose renewal is stored. */
    static List<Integer> renewed(PieceNeed need) {
        return need.deals().stream()
                .filter(d -> d.intent().reason() == Reason.RENEWAL && d.state() == DealState.ACTIVE)
                .map(d -> d.intent().slot())
                .distinct()
                .toList();
    }

    /** Whether every copy is stored, and none of them is about to end. */
    static boolean stored(PieceNeed need) {
        return need.copies()
                <= need.deals().stream()
                        .filter(d -> d.state() == DealState.ACTIVE && d.intent().slot() < need.copies())
                        .map(d -> d.intent().slot())
                        .distinct()
                        .count();
    }
}
