package dev.pinfold.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a class pays at most.
 *
 * @param ceiling the highest prices; null is no ceiling
 * @param gouging the guard against sudden raises; null is no guard
 */
public record PriceRule(@Nullable Ceiling ceiling, @Nullable Gouging gouging) {
    /** Any price is fine. */
    public static final PriceRule NONE = new PriceRule(null, null);

    /**
     * A price that is unknown is above every ceiling.
     *
     * @param storagePerGiBMonth highest storage price; null any
     * @param egressPerGiB highest egress price; null any
     * @param freezeOnly true keeps existing copies and only takes no new ones; false moves them too
     */
    public record Ceiling(
            @Nullable Money storagePerGiBMonth, @Nullable Money egressPerGiB, boolean freezeOnly) {}

    /**
     * The guard against sudden raises.
     *
     * @param jump a raise beyond this share of the earlier price is gouging
     * @param within when the earlier price is at most this old
     * @param evict true also moves existing copies; false freezes new placements only
     */
    public record Gouging(Ratio jump, Duration within, boolean evict) {}
}
