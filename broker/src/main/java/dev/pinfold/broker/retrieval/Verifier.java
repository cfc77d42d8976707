package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.retrieval.Verification.Missing;
import dev.pinfold.broker.retrieval.Verification.Unreachable;
import dev.pinfold.broker.retrieval.Verification.Unverifiable;
import dev.pinfold.broker.retrieval.Verification.Verified;
import dev.pinfold.broker.retrieval.Verification.WrongBytes;
import dev.pinfold.broker.telemetry.Metrics;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.Links;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that a provider really holds what it claims: fetches the root and blocks on random ways down the DAG from this
 * provider alone, and hashes them. Which blocks cannot be known beforehand by the provider.
 */
public final class Verifier {
    private static final Logger LOG = LoggerFactory.getLogger(Verifier.class);
    private static final int DEEPEST = 1024;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final Metrics metrics;

    public Verifier(Metrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Checks the root and up to {@code samples} more blocks; a DAG that has fewer is checked whole or nearly so.
     *
     * @param random decides which; the same state gives the same blocks
     */
    public Verification verify(
            GuardedProvider provider, Cid root, int samples, RandomGenerator random, Deadline deadline) {
        Verification result = new Sampling(provider, root, samples, random, deadline).run();
        metrics.verified(provider.id(), result.label());
        if (result instanceof WrongBytes || result instanceof Missing) {
            LOG.warn("event=replica.unproven provider={} cid={} result=\"{}\"", provider.id(), root, result);
        }
        return result;
    }

    /** Ends a sampling with its result. */
    private static final class Found extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Verification verification;

        Found(Verification verification) {
            super(verification.label(), null, false, false);
            this.verification = verification;
        }
    }

    private static final class Sampling {
        private final GuardedProvider provider;
        private final Cid root;
        private final int samples;
        private final RandomGenerator random;
        private final Deadline deadline;
        private final dev.pinfold.content.Verifier hashes = new dev.pinfold.content.Verifier();
        private final Map<Cid, List<Cid>> links = new HashMap<>();
        private final Set<Multihash> checked = new HashSet<>();
        private long bytes;

        Sampling(GuardedProvider provider, Cid root, int samples, RandomGenerator random, Deadline deadline) {
            this.provider = provider;
            this.root = root;
            this.samples = samples;
            this.random = random;
            this.deadline = deadline;
        }

        Verification run() {
            if (!provider.can(Capability.RETRIEVE_RAW) && !provider.can(Capability.RETRIEVE_CAR)) {
                return new Unverifiable(provider.id() + " offers no way to read content back");
            }
            try {
                visit(root);
                // Ways that lead to blocks seen before bring nothing new: in a small DAG most do, so they are bounded
                // too.
                for (int ways = 0; ways < samples * 2 && checked.size() <= samples; ways++) {
                    walkDown();
                }
                return new Verified(checked.size(), bytes);
            } catch (Found found) {
                return found.verification;
            }
        }

        private void walkDown() throws Found {
            List<Cid> below = visit(root);
            for (int depth = 0; depth < DEEPEST && !below.isEmpty() && checked.size() <= samples; depth++) {
                below = visit(below.get(random.nextInt(below.size())));
            }
        }

        /** Checks a block unless that was done, and returns its links. */
        private List<Cid> visit(Cid cid) throws Found {
            List<Cid> known = links.get(cid);
            if (known != null) {
                return known;
            }
            try {
                Block block = cid.multihash().isIdentity() ? Block.inline(cid) : fetch(cid);
                List<Cid> found = Links.of(cid, block.bytes());
                links.put(cid, found);
                return found;
            } catch (ContentException e) {
                throw new Found(
                        new Unverifiable(e.getMessage() == null ? "the content cannot be read" : e.getMessage()));
            }
        }

        private Block fetch(Cid cid) throws Found {
            if (cid.multihash().function() == null) {
                throw new Found(new Unverifiable("the hash function of " + cid + " cannot be checked here"));
            }
            if (deadline.expired()) {
                throw new Found(new Unreachable(new Failure.Unavailable("the time for checking is over")));
            }
            try {
                Block block = provider.can(Capability.RETRIEVE_RAW) ? raw(cid) : firstOfCar(cid);
                if (checked.add(cid.multihash())) {
                    bytes += block.size();
                }
                return block;
            } catch (ProviderException e) {
                throw new Found(
                        switch (e.failure()) {
                            case Failure.NotFound gone -> new Missing(cid);
                            case Failure.Unsupported cannot -> new Unverifiable(provider.id() + ": " + cannot.detail());
                            default -> new Unreachable(e.failure());
                        });
            }
        }

        private Block raw(Cid cid) throws Found {
            byte[] given = provider.block(cid, deadline);
            try {
                return Block.verified(cid, given, hashes);
            } catch (ContentException e) {
                throw new Found(
                        new WrongBytes(cid, given.length + " bytes came whose hash is " + Multihash.sha256(given)));
            }
        }

        private Block firstOfCar(Cid cid) throws Found {
            try (InputStream in = PumpedStream.bounded(provider.car(cid, deadline), provider.id(), IDLE)) {
                Block first = new CarReader(in).next();
                if (first == null) {
                    throw new Found(new Missing(cid));
                }
                if (!first.cid().multihash().equals(cid.multihash())) {
                    throw new Found(new WrongBytes(cid, "its CAR begins with block " + first.cid()));
                }
                return first;
            } catch (ContentException e) {
                throw new Found(
                        e.kind() == ContentException.Kind.INCOMPLETE
                                ? new Missing(cid)
                                : new WrongBytes(cid, String.valueOf(e.getMessage())));
            } catch (IOException e) {
                throw new Found(new Unreachable(new Failure.Unavailable(provider.id() + ": " + e.getMessage())));
            }
        }
    }
}
