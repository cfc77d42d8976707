package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.content.piece.RangeProof;
import dev.pinfold.spi.CarSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bundle that fills a large piece is written to disk as it streams past, verified and committed to, and a proof is made of
 * a content in it without reading it again.
 *
 * <p>8 MiB unless {@code -Dpinfold.piece.bytes=N} says another padded size, such as 34359738368; {@code
 * -Dtest.jvmArgs=-Xmx512m} sets the heap. The disk holds the piece once.
 */
class LargePieceTest {
    private static final PieceSize SIZE = PieceSize.ofPadded(Long.getLong("pinfold.piece.bytes", 8L << 20));
    private static final int BLOCK = 1 << 20;
    private static final int CONTENTS = 7;

    @TempDir
    Path folder;

    /** Blocks that all differ, made as they are read. */
    private static final class Made extends InputStream implements CarSource {
        private final int number;
        private final long blocks;
        private long next;
        private byte[] section = new byte[0];
        private int at;

        Made(int number, long blocks) {
            this.number = number;
            this.blocks = blocks;
            this.section = CarHeader.of(List.of(block(0).cid())).bytes();
        }

        private Block block(long index) {
            byte[] bytes = new byte[BLOCK];
            ByteBuffer.wrap(bytes).putLong(number).putLong(index);
            return Block.of(Codec.RAW, bytes);
        }

        private boolean more() throws IOException {
            if (at == section.length && next < blocks) {
                Block block = block(next++);
                ByteArrayOutputStream out = new ByteArrayOutputStream(BLOCK + 200);
                CarWriter car = new CarWriter(out, List.of(block.cid()));
                long header = car.size();
                car.accept(block);
                section = Arrays.copyOfRange(out.toByteArray(), (int) header, out.size());
                at = 0;
            }
            return at < section.length;
        }

        @Override
        public int read() throws IOException {
            return more() ? section[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (!more()) {
                return -1;
            }
            int take = Math.min(length, section.length - at);
            System.arraycopy(section, at, target, offset, take);
            at += take;
            return take;
        }

        @Override
        public Cid root() {
            return block(0).cid();
        }

        @Override
        public long sizeBytes() {
            return blocks * (BLOCK + 60L);
        }

        @Override
        public InputStream open() {
            return new Made(number, blocks);
        }
    }

    @Test
    void a_bundle_streams_to_disk_and_its_contents_are_proven_without_reading_it_again() throws IOException {
        long blocks = (SIZE.unpadded() - 4096) / (BLOCK + 60L) / CONTENTS;
        List<PieceShelf.Source> sources = new ArrayList<>();
        for (int i = 0; i < CONTENTS; i++) {
            Made made = new Made(i, blocks);
            sources.add(new PieceShelf.Source(made.root(), made));
        }
        long start = System.nanoTime();
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            PieceShelf.Packed packed = shelf.write(1, sources, SIZE);
            double seconds = (System.nanoTime() - start) / 1e9;
            Path file = shelf.find(1).orElseThrow();
            assertThat(packed.piece().size()).isEqualTo(SIZE);
            assertThat(Files.size(file)).isEqualTo(packed.piece().payload());
            long begun = System.nanoTime();
            prove(shelf, packed, file);
            System.out.printf(
                    "%s: %d bytes written, hashed and committed to in %.0f s, %.0f MB/s; a proof in %.0f ms; heap limit %d"
                            + " MiB, %d bytes on disk%n",
                    packed.piece().cidV2(),
                    packed.piece().payload(),
                    seconds,
                    packed.piece().payload() / seconds / 1e6,
                    (System.nanoTime() - begun) / 1e6,
                    Runtime.getRuntime().maxMemory() >> 20,
                    Files.size(file));
        }
    }

    private static void prove(PieceShelf shelf, PieceShelf.Packed packed, Path file) throws IOException {
        PieceShelf.Region region = packed.regions().get(CONTENTS / 2);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            int length = BLOCK;
            RangeProof proof = RangeProof.of(
                    packed.piece(),
                    shelf.subtrees(1),
                    (offset, target, count) -> {
                        open.seek(offset);
                        open.readFully(target, 0, count);
                    },
                    region.offset(),
                    length);
            byte[] bytes = new byte[length];
            open.seek(region.offset());
            open.readFully(bytes);
            assertThat(proof.commitment(new ByteArrayInputStream(bytes), SIZE))
                    .isEqualTo(packed.piece().commitment());
            bytes[7] ^= 1;
            assertThat(proof.commitment(new ByteArrayInputStream(bytes), SIZE))
                    .isNotEqualTo(packed.piece().commitment());
        }
    }

    @Test
    void what_was_kept_of_the_tree_is_made_again_where_it_is_lost() throws IOException {
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            Made made = new Made(1, 3);
            shelf.write(2, List.of(new PieceShelf.Source(made.root(), made)), new PieceSize(PieceSize.MIN_HEIGHT));
            var kept = shelf.subtrees(2);
            assertThat(kept).hasSize(3);
            Files.delete(folder.resolve("piece-2.tree"));
            assertThat(shelf.subtrees(2)).isEqualTo(kept);
            shelf.remove(2);
            assertThat(Files.exists(folder.resolve("piece-2.tree"))).isFalse();
        }
    }
}
