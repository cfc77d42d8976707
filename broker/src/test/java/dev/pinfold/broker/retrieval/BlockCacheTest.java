package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCacheTest {
    @TempDir
    Path folder;

    private final Random random = new Random(3);

    private Block block(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Block.of(Codec.RAW, bytes);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void keeps_what_fits_and_survives_a_restart() throws Exception {
        Block block = block(100_000);
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            assertThat(cache.find(block.cid())).isNull();
            cache.offer(block);
            assertThat(cache.find(block.cid())).as("also before it is written").isEqualTo(block);
            Waiting.until(() -> cache.sizeBytes() == 100_000);
        }
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            assertThat(cache.find(block.cid())).isEqualTo(block);
        }
    }

    @Test
    void never_takes_more_than_its_size() throws Exception {
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            for (int i = 0; i < 200; i++) {
                cache.offer(block(50_000));
                int offered = i;
                Waiting.until(() -> offered % 20 != 0 || cache.sizeBytes() <= (1 << 20) + 50_000);
            }
            Waiting.until(() -> cache.sizeBytes() <= 1 << 20);
        }
        long onDisk = 0;
        for (Path file : files()) {
            onDisk += Files.size(file);
        }
        assertThat(onDisk).isBetween(300_000L, 1L << 20);
    }

    @Test
    void blocks_that_are_read_often_are_not_pushed_out_by_a_long_row_of_others() throws Exception {
        List<Block> popular = new ArrayList<>();
        try (BlockCache cache = BlockCache.open(folder, 2 << 20)) {
            for (int i = 0; i < 10; i++) {
                Block block = block(50_000);
                popular.add(block);
                cache.offer(block);
                Waiting.until(() -> cache.sizeBytes() >= popular.size() * 50_000L);
            }
            // Reads are counted once the cache is half full: before that nothing has to go.
            for (int i = 0; i < 20; i++) {
                cache.offer(block(50_000));
            }
            Waiting.until(() -> cache.sizeBytes() >= 30 * 50_000L);
            for (int times = 0; times < 10; times++) {
                popular.forEach(block -> cache.find(block.cid()));
            }
            for (int i = 0; i < 300; i++) {
                Block once = block(50_000);
                cache.find(once.cid());
                cache.offer(once);
            }
            Waiting.until(() -> cache.sizeBytes() <= 2 << 20);
            long kept =
                    popular.stream().filter(b -> cache.find(b.cid()) != null).count();
            assertThat(kept).isGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void what_a_crash_or_a_bad_disk_left_is_never_given_out() throws Exception {
        Block good = block(40_000);
        Block torn = block(40_000);
        Block turned = block(40_000);
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            for (Block block : List.of(good, torn, turned)) {
                cache.offer(block);
            }
            Waiting.until(() -> cache.sizeBytes() == 120_000);
        }
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            if (java.util.Arrays.equals(bytes, torn.bytes())) {
                Files.write(file, java.util.Arrays.copyOf(bytes, 100));
            } else if (java.util.Arrays.equals(bytes, turned.bytes())) {
                bytes[5] ^= 1;
                Files.write(file, bytes);
            }
        }
        Files.writeString(folder.resolve("cache").resolve("readme.txt"), "not mine");
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            assertThat(cache.find(torn.cid())).isNull();
            assertThat(cache.find(turned.cid())).isNull();
            assertThat(cache.find(good.cid())).isEqualTo(good);
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void without_size_it_keeps_nothing() throws Exception {
        Block block = block(1000);
        try (BlockCache cache = BlockCache.open(folder, 1 << 20)) {
            cache.offer(block);
            Waiting.until(() -> cache.sizeBytes() == 1000);
        }
        try (BlockCache cache = BlockCache.open(folder, 0)) {
            cache.offer(block);
            assertThat(cache.find(block.cid())).isNull();
        }
        assertThat(files()).isEmpty();
    }
}
