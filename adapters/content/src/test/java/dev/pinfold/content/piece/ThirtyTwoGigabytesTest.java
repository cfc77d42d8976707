package dev.pinfold.content.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.car.CarWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * A CAR that fills a piece of 32 GiB is written and committed to in a heap of 512 MiB, and nothing of it is kept.
 *
 * <p>Only with {@code -Dpinfold.thorough=true}; {@code -Dtest.jvmArgs=-Xmx512m} sets the heap, and
 * {@code -Dpinfold.piece.bytes=N} another padded size.
 */
class ThirtyTwoGigabytesTest {
    private static final PieceSize SIZE = PieceSize.ofPadded(Long.getLong("pinfold.piece.bytes", 32L << 30));
    private static final int BLOCK = 1 << 20;

    @Test
    void a_car_of_a_whole_sector_is_committed_to_in_a_small_heap() throws IOException {
        boolean thorough = Boolean.getBoolean("pinfold.thorough");
        if (!thorough) {
            System.out.println("Skipped: takes minutes; run it with -Dpinfold.thorough=true");
        }
        assumeTrue(thorough, "takes minutes (-Dpinfold.thorough=true)");
        assertThat(Runtime.getRuntime().maxMemory())
                .as("this proof needs -Dtest.jvmArgs=-Xmx512m")
                .isLessThanOrEqualTo(512L << 20);
        int cores = Runtime.getRuntime().availableProcessors();
        long start = System.nanoTime();
        Piece piece;
        long blocks;
        try (ExecutorService helpers = Executors.newFixedThreadPool(cores)) {
            PieceHasher hasher = PieceHasher.parallel(helpers, 2 * cores);
            CarWriter car = new CarWriter(new PieceOutput(OutputStream.nullOutputStream(), hasher), List.of());
            fill(car);
            piece = hasher.finish();
            blocks = car.blocks();
            assertThat(piece.payload()).isEqualTo(car.size());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%s: %d bytes in %d blocks in %.0f s, %.0f MB/s, heap limit %d MiB, no disk%n",
                piece.cidV2(),
                piece.payload(),
                blocks,
                seconds,
                piece.payload() / seconds / 1e6,
                Runtime.getRuntime().maxMemory() >> 20);
        assertThat(piece.size()).isEqualTo(SIZE);
        assertThat(piece.padding()).isLessThan(2 * BLOCK);
    }

    /** Blocks that all differ, until no further one fits. */
    private static void fill(CarWriter car) throws IOException {
        Hasher hasher = Hasher.of(HashFunction.SHA2_256);
        byte[] bytes = new byte[BLOCK];
        long section = CarWriter.sectionSize(Block.of(Codec.RAW, bytes).cid(), BLOCK);
        for (long i = 0; car.size() + section <= SIZE.unpadded(); i++) {
            ByteBuffer.wrap(bytes).putLong(i);
            car.accept(Block.of(Codec.RAW, bytes, hasher));
        }
    }
}
