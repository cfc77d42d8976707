package dev.pinfold.broker.cold;

import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.retrieval.ColdCopies;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.store.PieceStore;
import dev.pinfold.broker.store.PieceStore.Holding;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.policy.Money;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.DealRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads contents back from pieces: a content is one range of its piece. First from the pieces on this machine's disk; then
 * from storage providers that the content's deals are with, over their gateways ({@code /ipfs}), then as the range of the
 * piece ({@code /piece}); last through a legacy node, which fetches the whole piece. Who gave wrong bytes is asked last for
 * some hours.
 */
public final class PieceCopies implements ColdCopies {
    private static final Logger log = LoggerFactory.getLogger(PieceCopies.class);
    /** What is paid for a retrieval through a legacy node: nothing, as nobody has said that it may cost. */
    private static final AttoFil NOTHING = AttoFil.ZERO;

    private static final Duration DISTRUST = Duration.ofHours(6);

    private final PieceStore store;
    private final DealStore deals;
    private final PieceShelf shelf;
    private final Fleet fleet;
    private final Clock clock;
    private final Map<String, Instant> liars = new ConcurrentHashMap<>();

    public PieceCopies(PieceStore store, DealStore deals, PieceShelf shelf, Fleet fleet, Clock clock) {
        this.store = store;
        this.deals = deals;
        this.shelf = shelf;
        this.fleet = fleet;
        this.clock = clock;
    }

    @Override
    public Optional<InputStream> open(Cid root) throws IOException {
        for (Holding holding : store.holdings(root.canonical())) {
            Optional<Path> file = shelf.find(holding.piece());
            if (file.isPresent()) {
                return Optional.of(onDisk(root, holding, file.get()));
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Way> ways(Cid root) {
        List<Way> disk = new ArrayList<>();
        List<Way> gateways = new ArrayList<>();
        List<Way> ranges = new ArrayList<>();
        List<Way> nodes = new ArrayList<>();
        for (Holding holding : store.holdings(root.canonical())) {
            shelf.find(holding.piece())
                    .ifPresent(file -> disk.add(
                            new Way("piece " + holding.piece(), limit -> onDisk(root, holding, file), evidence -> {})));
            for (Deal deal : deals.ofPiece(holding.piece())) {
                if (deal.state().stored() || deal.state() == DealState.PUBLISHED) {
                    fleet.find(deal.intent().maker()).ifPresent(node -> {
                        gateways.add(gateway(node, deal, root));
                        ranges.add(range(node, deal, root, holding));
                        if (deal.order().mode() == DealMode.LEGACY) {
                            nodes.add(retrieval(node, deal, root, holding));
                        }
                    });
                }
            }
        }
        List<Way> ways = new ArrayList<>(disk);
        ways.addAll(gateways);
        ways.addAll(ranges);
        ways.addAll(nodes);
        ways.sort(Comparator.comparing(way -> isLiar(way.name())));
        return ways;
    }

    private boolean isLiar(String name) {
        Instant since = liars.get(name);
        return since != null && since.plus(DISTRUST).isAfter(clock.instant());
    }

    private static String name(Deal deal, String what) {
        return deal.intent().maker() + "/" + deal.provider() + " (" + what + ")";
    }

    private Way way(String name, Opening opening) {
        return new Way(name, opening, evidence -> {
            liars.put(name, clock.instant());
            log.warn("event=cold.refused source=\"{}\" evidence=\"{}\"", name, evidence);
        });
    }

    private Way gateway(GuardedProvider node, Deal deal, Cid root) {
        return way(name(deal, "/ipfs"), limit -> node.coldReader().car(deal.provider(), root, limit));
    }

    private Way range(GuardedProvider node, Deal deal, Cid root, Holding holding) {
        return way(
                name(deal, "/piece"),
                limit -> content(
                        root,
                        node.coldReader()
                                .piece(
                                        deal.provider(),
                                        deal.order().piece().pieceCid(),
                                        holding.offset(),
                                        holding.length(),
                                        limit),
                        holding.length()));
    }

    private Way retrieval(GuardedProvider node, Deal deal, Cid root, Holding holding) {
        return way(name(deal, "retrieval"), limit -> {
            DealRef ref = DealRef.of(deal.order(), deal.checkpoint().ids());
            InputStream piece = node.deals().retrieve(ref, NOTHING, Deadline.after(Duration.ofHours(1)));
            piece.skipNBytes(holding.offset());
            return content(root, piece, holding.length());
        });
    }

    @Override
    public boolean mayHave(Cid root) {
        return !store.holdings(root.canonical()).isEmpty();
    }

    /** Nothing: no way that costs is taken. */
    @Override
    public Optional<Money> price(Cid root) {
        return Optional.of(Money.ZERO);
    }

    private static InputStream onDisk(Cid root, Holding holding, Path file) throws IOException {
        log.info("event=piece.read cid={} piece={} bytes={}", root, holding.piece(), holding.length());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channel.position(holding.offset());
        return content(root, Channels.newInputStream(channel), holding.length());
    }

    /** A CAR of one content from where its sections begin. */
    private static InputStream content(Cid root, InputStream sections, long length) {
        return new SequenceInputStream(
                new ByteArrayInputStream(CarHeader.of(List.of(root)).bytes()), new Range(sections, length));
    }

    /** The next bytes of a stream, so many of them. */
    private static final class Range extends InputStream {
        private final InputStream in;
        private long left;

        Range(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
