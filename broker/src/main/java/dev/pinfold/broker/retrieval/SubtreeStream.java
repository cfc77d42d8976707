package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.Contest.NobodyServed;
import dev.pinfold.broker.retrieval.Contest.Served;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.Links;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A download in depth-first order that outlives its sources: it knows which block must come next, and when a source goes
 * away the next one goes on just there. It runs on a virtual thread while readers want more, and ends by itself when they
 * do not; then it can be run again. Of an open CAR the readers take the blocks themselves.
 */
final class SubtreeStream {
    private static final int PARALLEL = 8;

    /** How a run ended. */
    sealed interface End {
        /** All blocks came. */
        record Complete() implements End {}

        /** Nobody reads on. */
        record Parked() implements End {}

        /** The reader that took blocks left in the middle of one. */
        record Left() implements End {}

        /** No source has the block that comes next, or none could give it. */
        record Failed(Cid block, List<Contest.Loss> losses) implements End {}

        /** A verified block cannot be followed: a limit, or bytes that are not what their codec says. */
        record Unreadable() implements End {}

        /** The broker itself failed, its database for example. */
        record Broken(RuntimeException cause) implements End {}
    }

    /** Takes the blocks of an open CAR; used by one thread at a time, whichever that is. */
    interface Step {
        /** Takes the next block; false when there is nothing more to take. */
        boolean next();
    }

    /** What the download belongs to. */
    interface Reader {
        /** Waits until the readers want more; false when they do not for a while. */
        boolean wantsMore() throws InterruptedException;

        /** Lets the readers take all blocks; false when they do not read on for a while. */
        boolean drain(Step step) throws InterruptedException;

        /** A block that is at hand already. */
        @Nullable
        Block atHand(Cid cid);

        /**
         * Keeps the next block for the readers and moves on, so that both happen at once for them.
         *
         * @param advance moves the download on to the block after it
         */
        void deliver(Block block, Ledger.@Nullable Copy from, Runnable advance);

        /** A block that will be wanted soon; what comes of it is at hand later, or asked for again. */
        void fetchAhead(Cid cid);

        /** Waits for a block on its own. */
        Contest.Result single(Cid cid) throws InterruptedException;

        /** Asks the sources. */
        Contest.Result contest(Asking asking) throws InterruptedException;
    }

    private final DagFrontier frontier;
    private final Reader reader;
    private final Referee referee;
    private final ReadSettings settings;
    private final Cid file;
    /** Whether it begins within the file, and not with its root. */
    private final boolean partial;

    private final long to;
    /** Where in the file the next block begins; −1 when that is not known. */
    private long offset;

    private long verified;
    /** The node whose first child is expected; null when another block is. */
    private @Nullable Cid parent;

    /** The answer with which the read began, where the download goes on with it. */
    private @Nullable Served begun;

    private volatile @Nullable Cid expected;

    /**
     * Prepares a download.
     *
     * @param roots what is to come, in order
     * @param part the file of which this is a part; null when the whole DAG below one root is wanted
     * @param begun an answer that is to bring the roots next; null when there is none. It is closed here
     */
    SubtreeStream(
            List<Cid> roots,
            Asking.@Nullable Part part,
            @Nullable Served begun,
            Reader reader,
            Referee referee,
            ReadSettings settings) {
        this.frontier = new DagFrontier(roots, DagLimits.DEFAULT, true);
        this.reader = reader;
        this.referee = referee;
        this.settings = settings;
        this.partial = part != null;
        this.file = part == null ? roots.getFirst() : part.root();
        this.offset = part == null ? 0 : part.from();
        this.to = part == null ? Long.MAX_VALUE : part.to();
        this.begun = begun;
        this.expected = frontier.expected();
    }

    /** The block that comes next; null at the end. To be asked by any thread. */
    @Nullable
    Cid expected() {
        return expected;
    }

    /** Downloads until all is there, the readers stop, or no source is left. */
    End run() throws InterruptedException {
        try {
            End over = goOn();
            if (over != null) {
                return over;
            }
            for (Cid next = expected; next != null; next = expected) {
                Block there = reader.atHand(next);
                if (there != null) {
                    take(there, null);
                } else if (!reader.wantsMore()) {
                    referee.story().tell(new RetrievalEvent.Parked(verified));
                    return new End.Parked();
                } else {
                    Asking asking = new Asking(next, parent, knownPart(), Asking.After.REST, settings, referee);
                    End end = Links.none(next.codec()) && !comesWithMore(asking) ? blocks(next) : cars(asking);
                    if (end != null) {
                        return end;
                    }
                }
            }
            return new End.Complete();
        } catch (ContentException e) {
            return new End.Unreadable();
        }
    }

    private @Nullable End goOn() throws InterruptedException {
        Served served = begun;
        begun = null;
        if (served == null) {
            return null;
        }
        try (Opened opened = served.opened()) {
            return opened.rest() == null ? null : drain(new Draining(served, opened.rest(), 1));
        }
    }

    /** Closes an answer that was handed over and not gone on with. To be called when a run has ended. */
    void close() {
        Served served = begun;
        begun = null;
        if (served != null) {
            served.opened().close();
        }
    }

    private boolean comesWithMore(Asking asking) {
        return referee.copies().stream().anyMatch(copy -> asking.givesMore(copy.source()));
    }

    private Asking.@Nullable Part knownPart() {
        boolean inFile = partial || verified > 0;
        return offset >= 0 && inFile ? Asking.Part.of(file, offset, to) : null;
    }

    /** Where no source gives more at once, blocks are fetched side by side. */
    private @Nullable End blocks(Cid next) throws InterruptedException {
        for (Cid soon : frontier.upcoming(PARALLEL)) {
            if (Links.none(soon.codec())) {
                reader.fetchAhead(soon);
            }
        }
        return switch (reader.single(next)) {
            case Served served -> {
                take(served.opened().first(), served.copy());
                yield null;
            }
            case NobodyServed nobody -> new End.Failed(next, nobody.losses());
        };
    }

    private @Nullable End cars(Asking asking) throws InterruptedException {
        return switch (reader.contest(asking)) {
            case Served served -> {
                try (Opened opened = served.opened()) {
                    yield drain(served, opened);
                }
            }
            case NobodyServed nobody -> new End.Failed(asking.block(), nobody.losses());
        };
    }

    private @Nullable End drain(Served served, Opened opened) throws InterruptedException {
        frontier.forgiveWaste();
        int open = frontier.pending();
        take(opened.first(), served.copy());
        if (opened.rest() == null || expected == null) {
            return null;
        }
        return drain(new Draining(served, opened.rest(), open));
    }

    private @Nullable End drain(Draining draining) throws InterruptedException {
        if (!reader.drain(draining)) {
            referee.story().tell(new RetrievalEvent.Parked(verified));
            return new End.Parked();
        }
        return draining.end();
    }

    /** What comes of one CAR. Whoever takes its last block says what is to be said of its source: it may leave at once. */
    private final class Draining implements Step {
        private final Served served;
        private final CarReader car;
        /** How many blocks were to come when it was asked for one of their subtrees, or for all of them. */
        private final int open;

        private long bytes;
        private long nanos;
        private @Nullable End end;
        private @Nullable RuntimeException broken;

        Draining(Served served, CarReader car, int open) {
            this.served = served;
            this.car = car;
            this.open = open;
            this.bytes = served.opened().first().size();
        }

        @Override
        public boolean next() {
            try {
                SourceTrouble trouble = null;
                try {
                    if (more()) {
                        return true;
                    }
                } catch (SourceTrouble e) {
                    trouble = e;
                }
                conclude(trouble);
            } catch (RuntimeException e) {
                broken = e;
            }
            return false;
        }

        private boolean more() throws SourceTrouble {
            long begun = System.nanoTime();
            try {
                Block block = SubtreeStream.next(car);
                if (block == null) {
                    return false;
                }
                bytes += block.size();
                accept(block);
                return expected != null;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    // The CAR broke off here, and its source is not to blame.
                    end = new End.Left();
                    return false;
                }
                throw SourceTrouble.of(e);
            } finally {
                nanos += System.nanoTime() - begun;
            }
        }

        private void accept(Block block) throws SourceTrouble {
            Cid next = expected;
            if (next != null && next.multihash().equals(block.cid().multihash())) {
                take(block.under(next), served.copy());
                return;
            }
            try {
                frontier.accept(block);
            } catch (ContentException e) {
                if (served.opened().whole() && e.kind() == ContentException.Kind.UNEXPECTED) {
                    // It was asked for a part and chose its blocks itself. Helia 7.1 sends all nodes and no chunks.
                    throw new SourceTrouble(Outcome.CANNOT_SERVE, String.valueOf(e.getMessage()));
                }
                throw Asking.lie(e);
            }
        }

        private void conclude(@Nullable SourceTrouble trouble) {
            referee.moved(served.copy(), bytes, Duration.ofNanos(nanos));
            Cid next = expected;
            if (end != null || next == null) {
                return;
            }
            String ended = "its CAR ended without block " + next;
            if (served.opened().whole() && (trouble == null || trouble.outcome() == Outcome.CANNOT_SERVE)) {
                // A part without all that was asked for says nothing of the copy.
                referee.cannot(served.copy().source(), Asking.PARTS, trouble == null ? ended : trouble.detail());
            } else if (trouble != null) {
                failOver(served, trouble, next);
            } else if (frontier.pending() >= open) {
                failOver(served, new SourceTrouble(Outcome.INCOMPLETE, ended), next);
            }
        }

        /** How the run ends with it; null when it goes on with the next source. */
        @Nullable
        End end() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (broken != null) {
                throw broken;
            }
            return end;
        }
    }

    static @Nullable Block next(CarReader car) throws IOException, SourceTrouble {
        try {
            return car.next();
        } catch (ContentException e) {
            throw Asking.lie(e);
        }
    }

    private void failOver(Served served, SourceTrouble trouble, Cid next) {
        referee.failed(served.copy(), trouble);
        referee.story()
                .tell(new RetrievalEvent.FailedOver(served.copy().source().name(), verified, next));
    }

    /** Takes the block that had to come. It is with the readers before anything else is made of it. */
    private void take(Block block, Ledger.@Nullable Copy copy) {
        OptionalLong inFile = FileMap.bytesIn(block.cid(), block.bytes());
        verified += block.size();
        offset = offset < 0 || inFile.isEmpty() ? -1 : offset + inFile.getAsLong();
        reader.deliver(block, copy, () -> {
            try {
                frontier.accept(block);
            } finally {
                expected = frontier.expected();
            }
        });
        Cid next = expected;
        boolean above = !Links.none(block.cid().codec())
                && next != null
                && Links.of(block.cid(), block.bytes()).contains(next);
        parent = above ? block.cid() : null;
    }
}
