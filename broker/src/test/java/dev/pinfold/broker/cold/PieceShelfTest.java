package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.Links;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.CarSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pieces on disk: whole or not there, and every content one range of the file. */
class PieceShelfTest {
    private static final PieceSize SMALL = new PieceSize(PieceSize.MIN_HEIGHT);

    @TempDir
    Path folder;

    @Test
    void every_content_is_one_range_of_the_file_and_the_commitment_is_that_of_the_file() throws IOException {
        List<PieceShelf.Source> sources = sources(20);
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            PieceShelf.Packed packed = shelf.write(1, sources, SMALL);
            byte[] file = Files.readAllBytes(shelf.find(1).orElseThrow());
            PieceHasher hasher = PieceHasher.sequential();
            hasher.update(file, 0, file.length);
            assertThat(packed.piece()).isEqualTo(hasher.finish());
            for (int i = 0; i < sources.size(); i++) {
                assertThat(blocks(file, packed.regions().get(i)))
                        .containsExactly(sources.get(i).root());
            }
        }
    }

    @Test
    void the_root_links_to_every_content_also_in_groups() throws IOException {
        List<PieceShelf.Source> sources = sources(4097);
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            PieceShelf.Packed packed = shelf.write(1, sources, SMALL);
            try (InputStream in = Files.newInputStream(shelf.find(1).orElseThrow())) {
                CarReader reader = new CarReader(in);
                assertThat(reader.header().roots()).containsExactly(packed.root());
                Set<Cid> linked = new HashSet<>(List.of(packed.root()));
                for (Block block = reader.next(); block != null; block = reader.next()) {
                    assertThat(linked).as("what comes was linked to before").contains(block.cid());
                    linked.addAll(Links.of(block));
                }
                assertThat(linked)
                        .containsAll(
                                sources.stream().map(PieceShelf.Source::root).toList());
                assertThat(linked).hasSize(sources.size() + 3);
            }
        }
    }

    @Test
    void a_piece_is_filled_up_to_the_least_size_without_growing_the_file() throws IOException {
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            PieceShelf.Packed packed = shelf.write(1, sources(3), PieceSize.ofPadded(1 << 20));
            assertThat(packed.piece().size().padded()).isEqualTo(1 << 20);
            assertThat(packed.piece().payload())
                    .isEqualTo(Files.size(shelf.find(1).orElseThrow()))
                    .isLessThan(1000);
        }
    }

    @Test
    void what_a_killed_broker_left_is_replaced_and_never_taken_for_a_piece() throws IOException {
        List<PieceShelf.Source> sources = sources(5);
        Piece whole;
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            whole = shelf.write(1, sources, SMALL).piece();
        }
        Files.writeString(folder.resolve("work/piece-2.part"), "half of a CAR");
        Path file = folder.resolve("piece-1.car");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            assertThat(folder.resolve("work")).isEmptyDirectory();
            assertThat(shelf.find(2)).isEmpty();
            assertThat(shelf.write(1, sources, SMALL).piece()).isEqualTo(whole);
            assertThat(Files.size(file)).isEqualTo(whole.payload());
            assertThat(shelf.all()).containsExactly(1L);
            shelf.remove(1);
            shelf.remove(1);
            assertThat(shelf.all()).isEmpty();
        }
    }

    @Test
    void bytes_that_are_not_what_their_cid_says_stop_the_piece_and_leave_nothing() throws IOException {
        byte[] car = car(content(1));
        car[car.length - 1] ^= 1;
        PieceShelf.Source wrong =
                new PieceShelf.Source(content(1).cid(), source(content(1).cid(), car));
        try (PieceShelf shelf = PieceShelf.open(folder)) {
            assertThatThrownBy(() -> shelf.write(1, List.of(sources(1).getFirst(), wrong), SMALL))
                    .hasMessageContaining("hash");
            assertThat(shelf.find(1)).isEmpty();
            assertThat(folder.resolve("work")).isEmptyDirectory();
        }
    }

    private static List<Cid> blocks(byte[] file, PieceShelf.Region region) throws IOException {
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        one.writeBytes(CarHeader.of(List.of(region.root())).bytes());
        one.write(file, (int) region.offset(), (int) region.length());
        CarReader reader = new CarReader(new ByteArrayInputStream(one.toByteArray()));
        List<Cid> cids = new java.util.ArrayList<>();
        for (Block block = reader.next(); block != null; block = reader.next()) {
            cids.add(block.cid());
        }
        return cids;
    }

    private static List<PieceShelf.Source> sources(int count) {
        return IntStream.range(0, count)
                .mapToObj(PieceShelfTest::content)
                .map(block -> new PieceShelf.Source(block.cid(), source(block.cid(), car(block))))
                .toList();
    }

    private static Block content(int i) {
        return Block.of(Codec.RAW, ("content " + i).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] car(Block block) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new CarWriter(out, List.of(block.cid())).accept(block);
            return out.toByteArray();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static CarSource source(Cid root, byte[] car) {
        return new CarSource() {
            @Override
            public Cid root() {
                return root;
            }

            @Override
            public long sizeBytes() {
                return car.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(car);
            }
        };
    }
}
