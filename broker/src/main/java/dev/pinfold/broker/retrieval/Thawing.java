package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.ColdCopies.Way;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a cold copy onto this machine's disk, the first whose bytes are right: every block is hashed and the DAG is
 * complete, or the next way is taken.
 */
final class Thawing {
    private static final Logger log = LoggerFactory.getLogger(Thawing.class);
    private static final Duration OPENING = Duration.ofSeconds(30);
    /** Bytes per second below which a copy is given up, as nobody who reads would wait for it. */
    private static final long SLOWEST = 16 << 10;

    private static final Duration WINDOW = Duration.ofSeconds(20);

    private Thawing() {}

    /**
     * Stages the content.
     *
     * @return empty where no way leads to it
     * @throws BrokerException there is no space for it
     */
    static Optional<Staged> bring(ColdCopies copies, Staging staging, Cid root) {
        for (Way way : copies.ways(root)) {
            Optional<Staged> staged = through(way, staging, root);
            if (staged.isPresent()) {
                log.info(
                        "event=cold.read cid={} source=\"{}\" bytes={}",
                        root,
                        way.name(),
                        staged.get().dagBytes());
                return staged;
            }
            if (Thread.currentThread().isInterrupted()) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Staged> through(Way way, Staging staging, Cid root) {
        try (InputStream in = new BufferedInputStream(
                new RateFloor(way.opening().open(Deadline.after(OPENING)), WINDOW, SLOWEST), 1 << 16)) {
            List<Staged> all = staging.importCar(in, DagLimits.DEFAULT);
            for (Staged each : all) {
                if (each.root().multihash().equals(root.multihash())) {
                    return Optional.of(each);
                }
            }
            // Right by its own name, and not what was asked for.
            all.forEach(each -> staging.remove(each.root()));
            way.refused().accept("its CAR is of " + all.getFirst().root() + " and not of " + root);
        } catch (BrokerException e) {
            if (e.kind() == ErrorKind.INSUFFICIENT_STORAGE) {
                throw e;
            }
            refused(way, root, e);
        } catch (ProviderException | IOException e) {
            log.info("event=cold.unreadable cid={} source=\"{}\" detail=\"{}\"", root, way.name(), e.getMessage());
        }
        return Optional.empty();
    }

    /** Bytes that are cut short are no lie. */
    private static void refused(Way way, Cid root, BrokerException e) {
        boolean cut =
                e.getCause() instanceof ContentException content && content.kind() == ContentException.Kind.INCOMPLETE;
        log.warn("event=cold.unreadable cid={} source=\"{}\" detail=\"{}\"", root, way.name(), e.details());
        if (!cut) {
            way.refused().accept(e.details());
        }
    }
}
