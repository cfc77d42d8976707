package dev.pinfold.broker.retrieval.race;

import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.Money;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether content that only cold copies have is made hot again because it is read often: the class must allow it, the
 * price of one retrieval must be known and within the class's limit.
 */
public final class Thaw {
    /** So many reads within {@link #WITHIN} make content popular. */
    public static final int READS = 3;
    /** The time in which reads are counted. */
    public static final Duration WITHIN = Duration.ofHours(24);

    private Thaw() {}

    /** What to do. */
    public sealed interface Verdict {}

    /** Make a hot copy. It stays as long as the pin that wants it. */
    public record MakeHot() implements Verdict {}

    /** Leave it cold. */
    public record LeaveCold(String why) implements Verdict {}

    /**
     * Decides.
     *
     * @param reads how often it was read within {@link #WITHIN}
     * @param hotCopies how many hot copies there are, or are being made
     * @param rule what the content's class says
     * @param price of one retrieval of the whole content; empty when it is not known
     */
    public static Verdict decide(int reads, int hotCopies, ColdGoal.Unfreeze rule, Optional<Money> price) {
        if (hotCopies > 0) {
            return new LeaveCold("a hot copy is there already");
        }
        if (!rule.allowed()) {
            return new LeaveCold("its class does not allow it");
        }
        if (reads < READS) {
            return new LeaveCold("it was read " + reads + " times within a day; " + READS + " make it popular");
        }
        Money limit = rule.maxPrice();
        if (limit != null && price.isEmpty()) {
            return new LeaveCold("the price of a retrieval is not known");
        }
        if (limit != null && price.orElseThrow().compareTo(limit) > 0) {
            return new LeaveCold("a retrieval costs " + price.orElseThrow() + ", its class allows " + limit);
        }
        return new MakeHot();
    }
}
