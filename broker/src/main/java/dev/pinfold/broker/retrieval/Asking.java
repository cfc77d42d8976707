package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.Links;
import dev.pinfold.spi.ContentPath;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one source is asked for a block and what comes after it: for the rest of the file where it can give that, for the DAG
 * below the block, or for the block alone. What comes back is verified here, before it counts as served.
 *
 * @param block the block that must come first
 * @param parent the node whose first child the block is; null where another block is asked for
 * @param part which part of which file it begins; null where that is not known
 * @param after what is wanted after the block
 */
record Asking(
        Cid block, @Nullable Cid parent, @Nullable Part part, After after, ReadSettings settings, Referee referee) {
    /** What a source may not be able to do. */
    static final String PARTS = "parts";

    private static final String CARS = "cars";

    private static final Set<Outcome> PATH_MAY_BREAK =
            EnumSet.of(Outcome.NOT_FOUND, Outcome.INCOMPLETE, Outcome.UNREACHABLE);

    /** What is wanted after a block. */
    enum After {
        /** Nothing. */
        NOTHING,
        /** What leads to the part, then the part, which may turn out to be a directory: nobody knows yet. */
        PART,
        /** All that is left. */
        REST
    }

    /**
     * A part of a file.
     *
     * @param root the file, or the root of the DAG in which it is
     * @param path leads from the root to the file; empty for the root itself
     * @param to the last byte, or {@link Long#MAX_VALUE}
     */
    record Part(Cid root, String path, long from, long to) {
        static Part of(Cid file, long from, long to) {
            return new Part(file, "", from, to);
        }

        /** Whether it is all of the file, which is the DAG below its root: no source has to know of parts for that. */
        boolean all() {
            return path.isEmpty() && from == 0 && to == Long.MAX_VALUE;
        }
    }

    /** Asks for a block and nothing more. */
    static Asking alone(Cid block, ReadSettings settings, Referee referee) {
        return new Asking(block, null, null, After.NOTHING, settings, referee);
    }

    /**
     * Asks for the root of what is wanted, and with it for the rest of the path and what lies at its end, so that a reader far
     * away waits for one answer and not for one after another.
     */
    static Asking beginning(Want want, ReadSettings settings, Referee referee) {
        long from = want.bytes().map(Want.ByteRange::from).orElse(0L);
        // The path alone: of a block, and of a range that counts from an end that is not known yet.
        boolean noMore = want.scope() == Want.Scope.BLOCK || from < 0;
        if (Links.none(want.root().codec()) || (noMore && want.path().isEmpty()) || !ContentPath.plain(want.path())) {
            return alone(want.root(), settings, referee);
        }
        long to = noMore
                ? 0
                : want.bytes()
                        .flatMap(Want.ByteRange::to)
                        .filter(last -> last >= 0)
                        .orElse(Long.MAX_VALUE);
        Part part = new Part(want.root(), want.path(), Math.max(0, from), to);
        return new Asking(want.root(), null, part, After.PART, settings, referee);
    }

    /** Whether a source may give the block at once with what comes after it. */
    boolean givesMore(FetchSource source) {
        return givesSubtree(source) || (part != null && !part.all() && givesParts(source));
    }

    private boolean givesSubtree(FetchSource source) {
        if (after == After.PART && (source.servesParts() || part == null || !part.all())) {
            // It might be far more than is wanted.
            return false;
        }
        boolean known = !Links.none(block.codec()) || parent != null || (part != null && part.all());
        return known && givesCars(source);
    }

    private boolean givesParts(FetchSource source) {
        return source.servesParts() && referee.can(source, PARTS);
    }

    private boolean givesCars(FetchSource source) {
        return source.servesCars() && referee.can(source, CARS);
    }

    /** Asks; blocks until the first verified block. */
    Opened ask(FetchSource source, boolean lastHope) throws SourceTrouble {
        Deadline deadline = Deadline.after(settings.firstBlock());
        if (after != After.NOTHING) {
            if (part != null && (after == After.PART || !part.all()) && givesParts(source)) {
                try {
                    return car(source, part, deadline, lastHope);
                } catch (SourceTrouble e) {
                    fallBack(source, PARTS, e);
                }
            }
            if (givesSubtree(source)) {
                try {
                    return car(source, null, deadline, lastHope);
                } catch (SourceTrouble e) {
                    fallBack(source, CARS, e);
                }
            }
        }
        return Opened.alone(single(source, deadline));
    }

    /**
     * What a source does not understand, or does not do right, it is not asked for again; the block alone may be had from it.
     * A part without what was asked for says nothing of the copy: Helia 7.1 leaves the chunks behind a file's first node out.
     */
    private void fallBack(FetchSource source, String what, SourceTrouble trouble) throws SourceTrouble {
        if (part != null && !part.path().isEmpty() && PATH_MAY_BREAK.contains(trouble.outcome())) {
            // The root may be there although the path leads nowhere, or not all of it is there.
            return;
        }
        boolean other = switch (trouble.outcome()) {
            case NOT_TRUSTLESS, CANNOT_SERVE -> true;
            case INCOMPLETE -> PARTS.equals(what);
            default -> false;
        };
        if (!other || !source.servesBlocks()) {
            throw trouble;
        }
        referee.cannot(source, what, trouble.detail());
    }

    private Block single(FetchSource source, Deadline deadline) throws SourceTrouble {
        if (!source.servesBlocks()) {
            throw new SourceTrouble(Outcome.CANNOT_SERVE, "it serves no single blocks");
        }
        byte[] bytes = source.block(block, deadline);
        return verified(bytes);
    }

    private Block verified(byte[] bytes) throws SourceTrouble {
        if (bytes.length > Block.MAX_SIZE) {
            throw new SourceTrouble(Outcome.WRONG_BYTES, "block " + block + " has " + bytes.length + " bytes");
        }
        try {
            return Block.verified(block, bytes, new Verifier());
        } catch (ContentException e) {
            throw SourceTrouble.of(e);
        }
    }

    /** @param named the part that the source is asked for by its bytes; null to ask for a DAG */
    private Opened car(FetchSource source, @Nullable Part named, Deadline deadline, boolean lastHope)
            throws SourceTrouble {
        long begun = System.nanoTime();
        InputStream raw = named == null
                ? source.car(dag(source), deadline)
                : source.part(named.root(), named.path(), named.from(), named.to(), deadline);
        InputStream in = new RateFloor(raw, settings.progress(), settings.slowest(lastHope));
        boolean opened = false;
        try {
            CarReader reader = new CarReader(in);
            referee.firstByte(source, Duration.ofNanos(System.nanoTime() - begun));
            Block first = skipTo(reader);
            opened = true;
            return new Opened(first, reader, in, named != null);
        } catch (ContentException e) {
            throw lie(e);
        } catch (IOException e) {
            throw SourceTrouble.of(e);
        } finally {
            if (!opened) {
                giveUp(in);
            }
        }
    }

    /**
     * The DAG to ask for: that of all the file, or what lies below the block or its parent, after which a source with parts is
     * asked for the rest. There the first bytes come soon also where they come after a walk over all that was asked for, as
     * from Helia 7.1.
     */
    private Cid dag(FetchSource source) {
        boolean leaf = Links.none(block.codec());
        if (part != null && part.all() && (leaf || !source.servesParts())) {
            return part.root();
        }
        return leaf && parent != null ? parent : block;
    }

    private static void giveUp(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // Nothing of it was of use.
        }
    }

    /** The blocks that lead to a part come before it; a source that begins at byte 0 instead is of no use here. */
    private Block skipTo(CarReader reader) throws IOException, SourceTrouble {
        long bytes = 0;
        for (int blocks = 0; blocks <= DagFrontier.WASTE_BLOCKS && bytes <= DagFrontier.WASTE_BYTES; blocks++) {
            Block next = reader.next();
            if (next == null) {
                throw new SourceTrouble(
                        reader.blocks() == 0 ? Outcome.NOT_FOUND : Outcome.INCOMPLETE,
                        "its CAR ended without block " + block);
            }
            if (next.cid().multihash().equals(block.multihash())) {
                return next.under(block);
            }
            bytes += next.size();
        }
        throw new SourceTrouble(Outcome.NOT_TRUSTLESS, "its CAR began with other blocks than " + block);
    }

    /** A CAR, labelled as one, that cannot be read, or whose blocks are wrong or too large, is a lie; one that is cut is not. */
    static SourceTrouble lie(ContentException e) {
        return switch (e.kind()) {
            case HASH_MISMATCH, MALFORMED, TOO_LARGE, UNEXPECTED ->
                new SourceTrouble(Outcome.WRONG_BYTES, e.getMessage());
            case INCOMPLETE, UNSUPPORTED, NOT_FOUND, WRONG_TYPE -> SourceTrouble.of(e);
        };
    }
}
