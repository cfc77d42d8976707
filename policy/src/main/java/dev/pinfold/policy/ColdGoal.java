package dev.pinfold.policy;

import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The cold copies of a class: everything Powergate's StorageConfig could say, plus aggregation.
 *
 * @param backend how deals are made
 * @param min cold copies below which the content is degraded
 * @param target cold copies aimed at
 * @param after how long content is kept hot before it is made cold; null at once
 * @param onlyWhenHotStable cold waits until the hot target is met
 * @param aggregate how small pins share a piece
 * @param deal terms of a deal
 * @param spread spread rules over cold copies
 * @param unfreeze when cold content may be made hot again
 * @param dropHot true when hot copies are removed once cold ones are proven
 */
public record ColdGoal(
        Backend backend,
        int min,
        int target,
        @Nullable Duration after,
        boolean onlyWhenHotStable,
        Aggregate aggregate,
        Deal deal,
        List<Spread> spread,
        Unfreeze unfreeze,
        boolean dropHot) {
    /** Copies the list. */
    public ColdGoal {
        spread = List.copyOf(spread);
    }

    /** How cold copies are made. */
    public enum Backend {
        LOTUS,
        PDP
    }

    /** Whether deals use DataCap. */
    public enum Verified {
        REQUIRE,
        PREFER,
        NEVER
    }

    /**
     * How small pins share a piece.
     *
     * @param minBytes a piece is not closed by age below this
     * @param targetBytes a piece is closed when it has this much
     * @param maxWait the longest a pin waits in an open piece
     */
    public record Aggregate(long minBytes, long targetBytes, Duration maxWait) {}

    /**
     * Terms of a deal.
     *
     * @param duration how long a deal runs
     * @param startOffset time the provider has to seal
     * @param verified DataCap
     * @param maxPricePerGiBMonth highest storage price; null any
     * @param fastRetrieval an unsealed copy is asked for
     * @param trusted if not empty, only these providers
     * @param excluded never these providers, also when trusted
     * @param countryCodes if not empty, only providers whose {@code country} is known and one of these
     * @param renew when to renew
     */
    public record Deal(
            Duration duration,
            Duration startOffset,
            Verified verified,
            @Nullable Money maxPricePerGiBMonth,
            boolean fastRetrieval,
            SortedSet<String> trusted,
            SortedSet<String> excluded,
            SortedSet<String> countryCodes,
            Renew renew) {}

    /**
     * When a deal is renewed.
     *
     * @param enabled deals are renewed
     * @param before how long before their end
     * @param maxAttempts attempts before somebody is told
     */
    public record Renew(boolean enabled, Duration before, int maxAttempts) {}

    /**
     * When cold content may be made hot again.
     *
     * @param allowed cold content may be made hot again
     * @param maxPrice highest price of one such retrieval; null any
     * @param pinHotFor how long it then stays hot at least; its hot copies stay as long as their pin
     */
    public record Unfreeze(boolean allowed, @Nullable Money maxPrice, Duration pinHotFor) {}
}
