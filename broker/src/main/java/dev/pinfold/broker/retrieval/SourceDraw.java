package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.DagAssembly.Unacceptable;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.Links;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws as much of a DAG from one source as it gives: whole subtrees as CARs where it serves them, single blocks
 * otherwise. A CAR that breaks off is followed by one that begins at the first missing block, so nothing is sent twice.
 */
final class SourceDraw {
    private final FetchSource source;
    private final DagAssembly dag;
    private final Deadline deadline;
    private final FetchSettings settings;
    private final boolean lastHope;
    private final Verifier verifier = new Verifier();
    private boolean cars;

    SourceDraw(FetchSource source, DagAssembly dag, Deadline deadline, FetchSettings settings, boolean lastHope) {
        this.source = source;
        this.dag = dag;
        this.deadline = deadline;
        this.settings = settings;
        this.lastHope = lastHope;
        this.cars = source.servesCars();
    }

    /** Returns when the DAG is complete. */
    void run() throws SourceTrouble, Unacceptable {
        if (!source.servesCars() && !source.servesBlocks()) {
            throw new SourceTrouble(Outcome.CANNOT_SERVE, "it has no way to read content back");
        }
        for (Cid next = dag.expected(); next != null; next = dag.expected()) {
            if (deadline.expired() || Thread.currentThread().isInterrupted()) {
                throw new SourceTrouble(Outcome.TIMED_OUT, "the time for the whole fetch is over");
            }
            if (cars && !(Links.none(next.codec()) && source.servesBlocks())) {
                subtree(next);
            } else {
                block(next);
            }
        }
    }

    private void subtree(Cid top) throws SourceTrouble, Unacceptable {
        long before = dag.blocks();
        SourceTrouble trouble = carTrouble(top);
        if (dag.complete() || (dag.blocks() > before && trouble == null)) {
            return;
        }
        SourceTrouble reason = trouble != null
                ? trouble
                : new SourceTrouble(Outcome.INCOMPLETE, "its CAR ended without block " + dag.expected());
        boolean canGoOn = switch (reason.outcome()) {
            case NOT_TRUSTLESS -> source.servesBlocks();
            case INCOMPLETE, UNREACHABLE -> dag.blocks() > before;
            default -> false;
        };
        if (!canGoOn) {
            throw reason;
        }
        cars = reason.outcome() != Outcome.NOT_TRUSTLESS;
    }

    private @Nullable SourceTrouble carTrouble(Cid top) throws Unacceptable {
        try (InputStream in =
                new RateFloor(source.car(top, deadline), settings.progress(), settings.slowest(lastHope))) {
            CarReader reader = new CarReader(in);
            for (Block block = reader.next(); block != null; block = reader.next()) {
                dag.take(block);
                if (dag.complete()) {
                    return null;
                }
                if (deadline.expired()) {
                    return new SourceTrouble(Outcome.TIMED_OUT, "the time for the whole fetch is over");
                }
            }
            return null;
        } catch (SourceTrouble e) {
            return e;
        } catch (ContentException e) {
            return SourceTrouble.of(e);
        } catch (IOException e) {
            return SourceTrouble.of(e);
        }
    }

    private void block(Cid cid) throws SourceTrouble, Unacceptable {
        byte[] bytes = source.block(cid, deadline);
        Block block;
        try {
            block = Block.verified(cid, bytes, verifier);
        } catch (ContentException e) {
            if (e.kind() == ContentException.Kind.UNSUPPORTED) {
                throw new Unacceptable(e);
            }
            throw SourceTrouble.of(e);
        }
        dag.take(block);
    }
}
