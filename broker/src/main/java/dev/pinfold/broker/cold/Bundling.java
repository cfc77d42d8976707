package dev.pinfold.broker.cold;

import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.policy.ColdGoal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules of bundles: which content joins or leaves, and when a bundle is closed. Pure: time comes in as a value. */
public final class Bundling {
    /** More contents than this in one piece would make its list of roots unwieldy. */
    public static final int MOST_CONTENTS = 50_000;
    /** When a content that cannot join yet is looked at again. */
    static final Duration LATER = Duration.ofSeconds(10);
    /** What a content adds to the piece beside its own CAR: its link in the index, rounded up. */
    static final int INDEX_SHARE = 64;
    /** What a block adds to its own bytes: its length and CID, rounded up. */
    private static final int SECTION = 40;

    private Bundling() {}

    /**
     * A content that is looked at.
     *
     * @param bytes of its blocks; null while not known
     * @param wants one per pin that wants it cold
     * @param places pieces that have it
     */
    public record Subject(String content, @Nullable Long bytes, List<Want> wants, List<Place> places) {
        public Subject {
            wants = List.copyOf(wants);
            places = List.copyOf(places);
        }
    }

    /**
     * A pin that wants cold copies, by the class of its policy.
     *
     * @param jurisdictions where it lets its data lie; empty: wherever the class does
     */
    public record Want(
            String className, boolean urgent, PinStatus status, Instant created, SortedSet<String> jurisdictions) {}

    /**
     * A piece that has a content.
     *
     * @param removed as waste
     * @param leaving the piece's contents are on their way into another one
     * @param jurisdictions where the piece may lie; empty: wherever the class lets it
     */
    public record Place(
            long piece, PieceState state, boolean removed, boolean leaving, SortedSet<String> jurisdictions) {
        /** Whether all storage providers that may have the piece are where the pin lets its data lie. */
        boolean serves(Want want) {
            return want.jurisdictions().isEmpty()
                    || (!jurisdictions.isEmpty() && want.jurisdictions().containsAll(jurisdictions));
        }
    }

    /** What is to be done for a content. */
    public sealed interface Move {
        /**
         * Into the open bundle of a class.
         *
         * @param jurisdictions where that bundle's piece may lie; empty: wherever the class lets it
         * @param again whether the content is to be looked at once more: another pin wants it elsewhere
         */
        record Join(
                String className,
                SortedSet<String> jurisdictions,
                int copies,
                long bytes,
                long room,
                boolean urgent,
                boolean again)
                implements Move {}

        /** Nobody wants it in these pieces any more. It is looked at again after that. */
        record Leave(List<Long> pieces) implements Move {
            public Leave {
                pieces = List.copyOf(pieces);
            }
        }

        /** It is in a piece as waste, and is wanted again. */
        record Restore(long piece) implements Move {}

        /** It cannot join yet. */
        record Later(Duration pause) implements Move {}

        /** All is as it should be. */
        record Stay() implements Move {}
    }

    /** Says what is to be done for one content. */
    public static Move decide(Subject subject, Function<String, @Nullable ColdGoal> goals, Instant now) {
        List<Want> wants = subject.wants().stream()
                .filter(w -> w.status() != PinStatus.FAILED && goals.apply(w.className()) != null)
                .toList();
        List<Place> held = subject.places().stream().filter(p -> !p.removed()).toList();
        List<Long> idle = held.stream()
                .filter(p -> wants.stream().noneMatch(p::serves))
                .map(Place::piece)
                .toList();
        if (!idle.isEmpty()) {
            return new Move.Leave(idle);
        }
        List<Want> open = wants.stream()
                .filter(w -> held.stream().noneMatch(p -> !p.leaving() && p.serves(w)))
                .toList();
        if (open.isEmpty()) {
            return new Move.Stay();
        }
        Optional<Place> waste = subject.places().stream()
                .filter(p -> p.removed() && !p.leaving() && p.state() != PieceState.DROPPED)
                .filter(p -> open.stream().anyMatch(p::serves))
                .max(Comparator.comparingLong(Place::piece));
        if (waste.isPresent()) {
            return new Move.Restore(waste.get().piece());
        }
        return join(subject, open, goals, now);
    }

    private static Move join(
            Subject subject, List<Want> wants, Function<String, @Nullable ColdGoal> goals, Instant now) {
        Duration pause = null;
        Move.Join best = null;
        boolean several = wants.stream().map(Want::jurisdictions).distinct().count() > 1;
        for (Want want : wants) {
            ColdGoal goal = goals.apply(want.className());
            if (goal == null) {
                continue;
            }
            Duration after = goal.after();
            Duration left =
                    Duration.between(now, after == null ? now : want.created().plus(after));
            if (left.isPositive()) {
                pause = pause == null || left.compareTo(pause) < 0 ? left : pause;
            } else if (ready(subject, want, goal) && (best == null || goal.target() > best.copies())) {
                best = new Move.Join(
                        want.className(),
                        want.jurisdictions(),
                        goal.target(),
                        expected(subject.bytes()),
                        room(goal),
                        want.urgent(),
                        several);
            } else {
                pause = LATER;
            }
        }
        return best == null ? new Move.Later(pause == null ? LATER : pause) : best;
    }

    private static boolean ready(Subject subject, Want want, ColdGoal goal) {
        return subject.bytes() != null && (!goal.onlyWhenHotStable() || want.status() == PinStatus.PINNED);
    }

    /**
     * What a content of so many bytes is expected to take in a piece: with each block come its length and CID, with each
     * content its link in the index. Content of very small blocks takes more; what does not fit in the end goes into the
     * next piece.
     */
    static long expected(@Nullable Long bytes) {
        long known = bytes == null ? 0 : bytes;
        return known + known / 256 + SECTION + INDEX_SHARE;
    }

    /**
     * How much an open bundle takes: the payload of the piece size that the target needs. To go beyond it would double the
     * price, because a piece's size is a power of two.
     */
    static long room(ColdGoal goal) {
        return PieceSize.ofPayload(goal.aggregate().targetBytes()).unpadded();
    }

    /**
     * An open bundle.
     *
     * @param bytes expected
     * @param urgent whether a pin of high priority is in it
     * @param oldest when its oldest content joined
     */
    public record Open(long id, String className, int contents, long bytes, boolean urgent, Instant oldest) {}

    /** Why a bundle is closed: {@code size}, {@code age} or {@code priority}; empty while it stays open. */
    public static Optional<String> closing(Open bundle, @Nullable ColdGoal goal, Instant now) {
        if (goal == null || bundle.contents() == 0) {
            return Optional.empty();
        }
        ColdGoal.Aggregate rules = goal.aggregate();
        if (bundle.bytes() >= rules.targetBytes() || bundle.contents() >= MOST_CONTENTS) {
            return Optional.of("size");
        }
        if (bundle.urgent()) {
            return Optional.of("priority");
        }
        boolean old = !bundle.oldest().plus(rules.maxWait()).isAfter(now);
        return old && bundle.bytes() >= rules.minBytes() ? Optional.of("age") : Optional.empty();
    }

    /**
     * Whether a piece is to be packed anew when its deals are renewed, rather than stored again as it is: when what is
     * still wanted of it fits into half its size, storing the rest costs at least as much again. Not where the policy makes
     * no smaller pieces.
     *
     * @param live bytes that somebody still wants
     */
    public static boolean repacks(long live, PieceSize size, PieceSize least) {
        return size.compareTo(least) > 0 && live <= new PieceSize(size.height() - 1).unpadded();
    }

    /** A piece is not made smaller than what the policy says a storage provider takes. */
    public static PieceSize least(@Nullable ColdGoal goal) {
        PieceSize smallest = new PieceSize(PieceSize.MIN_HEIGHT);
        return goal == null
                ? smallest
                : PieceSize.ofPadded(Long.highestOneBit(
                        Math.max(smallest.padded(), goal.aggregate().minBytes())));
    }
}
