package dev.pinfold.policy;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent per calendar month (UTC).
 *
 * @param name the budget's name; explanations call it {@code budget.NAME}
 * @param tokens token names it covers; empty covers any
 * @param tenants tenant names it covers; empty covers any
 * @param monthly the most that may be spent; null when only pins are limited
 * @param perPinMax the most one pin may cost per month; null any
 * @param warnAt shares of {@code monthly} at which somebody is told
 * @param onExceeded what happens to a pin that does not fit
 * @param downgradeTo the class tried instead; set exactly when {@code onExceeded} is DOWNGRADE
 */
public record Budget(
        String name,
        SortedSet<String> tokens,
        SortedSet<String> tenants,
        @Nullable Money monthly,
        @Nullable Money perPinMax,
        List<Ratio> warnAt,
        OnExceeded onExceeded,
        @Nullable String downgradeTo) {
    /** Copies the collections. */
    public Budget {
        tokens = Collections.unmodifiableSortedSet(new TreeSet<>(tokens));
        tenants = Collections.unmodifiableSortedSet(new TreeSet<>(tenants));
        warnAt = List.copyOf(warnAt);
    }

    /** What happens to a pin that does not fit. */
    public enum OnExceeded {
        REJECT,
        QUEUE_NEW,
        DOWNGRADE
    }

    /** The name in explanations. */
    public String constraint() {
        return "budget." + name;
    }

    /** True when the request spends from this budget. */
    public boolean covers(PlacementRequest request) {
        return (tokens.isEmpty() || tokens.contains(request.token()))
                && (tenants.isEmpty() || tenants.contains(request.tenant()));
    }

    /**
     * Null when the pin fits, otherwise why it does not.
     *
     * @param spent spent or reserved this month
     * @param addition what the pin's new copies add per month; copies that exist are already in {@code spent}
     * @param total what the whole pin costs per month
     */
    public @Nullable String reasonAgainst(Money spent, Money addition, Money total) {
        if (perPinMax != null && total.compareTo(perPinMax) > 0) {
            return "this pin costs " + total + " a month and perPinMax is " + perPinMax;
        }
        if (monthly != null && addition.isPositive() && spent.plus(addition).compareTo(monthly) > 0) {
            return spent + " of " + monthly + " is spent and this pin adds " + addition;
        }
        return null;
    }
}
