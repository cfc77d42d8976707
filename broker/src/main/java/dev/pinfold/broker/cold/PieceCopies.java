package dev.pinfold.broker.cold;

import dev.pinfold.broker.retrieval.ColdCopies;
import dev.pinfold.broker.store.PieceStore;
import dev.pinfold.broker.store.PieceStore.Holding;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarHeader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads contents back from the pieces on this machine's disk: a content is one range of its piece. */
public final class PieceCopies implements ColdCopies {
    private static final Logger log = LoggerFactory.getLogger(PieceCopies.class);

    private final PieceStore store;
    private final PieceShelf shelf;

    public PieceCopies(PieceStore store, PieceShelf shelf) {
        this.store = store;
        this.shelf = shelf;
    }

    @Override
    public Optional<InputStream> open(Cid root) throws IOException {
        for (Holding holding : store.holdings(root.canonical())) {
            Optional<Path> file = shelf.find(holding.piece());
            if (file.isPresent()) {
                log.info("event=piece.read cid={} piece={} bytes={}", root, holding.piece(), holding.length());
                return Optional.of(new SequenceInputStream(
                        new ByteArrayInputStream(
                                CarHeader.of(java.util.List.of(root)).bytes()),
                        range(file.get(), holding)));
            }
        }
        return Optional.empty();
    }

    private static InputStream range(Path file, Holding holding) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channel.position(holding.offset());
        return new Range(Channels.newInputStream(channel), holding.length());
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
