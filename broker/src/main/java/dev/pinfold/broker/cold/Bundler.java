package dev.pinfold.broker.cold;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.reconcile.Content;
import dev.pinfold.broker.store.BundleStore;
import dev.pinfold.broker.store.PieceStore;
import dev.pinfold.broker.store.PieceStore.Claim;
import dev.pinfold.broker.store.ReplicaStore;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.policy.ColdGoal;
import dev.pinfold.policy.PlacementClass;
import dev.pinfold.policy.Policy;
import dev.pinfold.spi.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers contents in bundles, closes bundles, and writes closed ones as pieces. Level-triggered; the file is on the disk
 * before its piece is recorded, so a broker that is killed in between writes it again.
 */
public final class Bundler {
    private static final Logger log = LoggerFactory.getLogger(Bundler.class);
    private static final int BATCH = 500;
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration OBTAIN = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final BundleStore bundles;
    private final PieceStore store;
    private final PieceShelf shelf;
    private final ReplicaStore replicas;
    private final Fleet fleet;
    private final Content content;
    private final Supplier<Policy> policy;
    private final UUID keeper;
    private final Clock clock;

    public Bundler(
            BundleStore bundles,
            PieceStore store,
            PieceShelf shelf,
            ReplicaStore replicas,
            Fleet fleet,
            Content content,
            Supplier<Policy> policy,
            UUID keeper,
            Clock clock) {
        this.bundles = bundles;
        this.store = store;
        this.shelf = shelf;
        this.replicas = replicas;
        this.fleet = fleet;
        this.content = content;
        this.policy = policy;
        this.keeper = keeper;
        this.clock = clock;
    }

    private @Nullable ColdGoal goal(String className) {
        return policy.get().placementClass(className).map(PlacementClass::cold).orElse(null);
    }

    /** Takes a batch of contents whose wish changed, then closes what is to be closed; returns how many there were. */
    public int gather() {
        int settled = bundles.settle(BATCH, subject -> Bundling.decide(subject, this::goal, clock.instant()));
        int closed = bundles.close(open -> Bundling.closing(open, goal(open.className()), clock.instant()));
        if (settled > 0) {
            sweep();
        }
        return settled + closed;
    }

    /** Takes up what an earlier run of this broker had begun to write: for the start, before {@link #seal}. */
    public void resume() {
        int abandoned = store.abandonClaims(keeper);
        if (abandoned > 0) {
            log.info("event=pieces.resumed claims={}", abandoned);
        }
    }

    /** Writes one closed bundle as a piece; returns how many there were. */
    public int seal() {
        return store.claim(LEASE, keeper)
                .map(claim -> {
                    try {
                        seal(claim);
                    } catch (IOException e) {
                        log.warn("event=piece.failed piece={} detail=\"{}\"", claim.id(), e.toString());
                        store.postpone(claim, RETRY, "its file cannot be written: " + e.getMessage());
                    }
                    return 1;
                })
                .orElse(0);
    }

    private void seal(Claim claim) throws IOException {
        ColdGoal goal = goal(claim.className());
        long room = goal == null ? Long.MAX_VALUE : Bundling.room(goal);
        List<PieceShelf.Source> sources = new ArrayList<>();
        long bytes = 0;
        for (String cid : store.contents(claim)) {
            if (!store.extend(claim, LEASE.plus(OBTAIN))) {
                return;
            }
            PieceShelf.Source source = source(Cid.parse(cid));
            long more = source == null ? 0 : source.car().sizeBytes() + Bundling.INDEX_SHARE;
            if (source != null && (sources.isEmpty() || bytes + more <= room)) {
                sources.add(source);
                bytes += more;
            }
        }
        if (sources.isEmpty()) {
            store.dropEmpty(claim);
            return;
        }
        PieceShelf.Packed packed = shelf.write(claim.id(), sources, Bundling.least(goal));
        record(claim, packed);
    }

    /** The content's CAR; null where it is nowhere to be had now, so that it is left for another piece. */
    private PieceShelf.@Nullable Source source(Cid root) {
        var holders = replicas.holders(root).stream()
                .flatMap(id -> fleet.find(id).stream())
                .toList();
        return switch (content.obtain(root, List.of(), holders, Deadline.after(OBTAIN))) {
            case Content.Found.Here here -> new PieceShelf.Source(root, here.car());
            case Content.Found.Nowhere nowhere -> {
                log.info("event=piece.left-out cid={} detail=\"{}\"", root, nowhere.report());
                yield null;
            }
        };
    }

    private void record(Claim claim, PieceShelf.Packed packed) {
        Piece piece = packed.piece();
        List<PieceStore.Region> regions = packed.regions().stream()
                .map(r -> new PieceStore.Region(r.root().canonical(), r.offset(), r.length()))
                .toList();
        PieceStore.Sealed sealed = new PieceStore.Sealed(piece, packed.root().toString(), regions);
        if (store.sealed(claim, sealed, keeper, piece.cidV2().toString())) {
            log.info(
                    "event=piece.sealed piece={} pieceCid={} contents={} bytes={} padded={}",
                    claim.id(),
                    piece.cidV2(),
                    regions.size(),
                    piece.payload(),
                    piece.size().padded());
        } else {
            log.warn("event=piece.lease-lost piece={}", claim.id());
        }
    }

    /** Drops pieces that nobody wants and removes files that no piece needs. */
    public void sweep() {
        int dropped = store.dropUnwanted();
        try {
            List<Long> ids = shelf.all();
            List<Long> kept = ids.isEmpty() ? ids : store.kept(ids);
            for (long id : ids) {
                if (!kept.contains(id)) {
                    shelf.remove(id);
                    log.info("event=piece.removed piece={}", id);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of pieces cannot be swept", e);
        }
        if (dropped > 0) {
            log.info("event=piece.dropped pieces={}", dropped);
        }
    }
}
