package dev.pinfold.local;

import static dev.pinfold.local.StoreFixture.failureOf;
import static dev.pinfold.local.StoreFixture.files;
import static dev.pinfold.local.StoreFixture.observe;
import static dev.pinfold.local.StoreFixture.open;
import static dev.pinfold.local.StoreFixture.order;
import static dev.pinfold.local.StoreFixture.over;
import static dev.pinfold.local.StoreFixture.ref;
import static dev.pinfold.local.StoreFixture.servesAll;
import static dev.pinfold.local.StoreFixture.soon;
import static dev.pinfold.local.StoreFixture.upload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProviderTest {
    @TempDir
    Path folder;

    private Path store() {
        return folder.resolve("store");
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

    @Test
    void pins_and_blocks_are_there_after_it_was_closed_and_opened() {
        Dag dag = Dag.file(1, 40, 5_000);
        try (Provider provider = open(store())) {
            assertThat(upload(provider, "a", dag)).isInstanceOf(Observation.Stored.class);
        }
        try (Provider provider = open(store())) {
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Stored.class);
            assertThat(servesAll(provider, dag)).isTrue();
        }
    }

    @Test
    void an_index_that_is_lost_or_wrong_is_made_again_from_the_blocks() throws IOException {
        Dag dag = Dag.file(2, 30, 3_000);
        try (Provider provider = open(store())) {
            upload(provider, "a", dag);
        }
        Path index = only("packs", ".idx");
        byte[] bytes = Files.readAllBytes(index);
        bytes[40] ^= 1;
        Files.write(index, bytes);
        try (Provider provider = open(store())) {
            assertThat(servesAll(provider, dag)).isTrue();
        }
        Files.delete(index);
        try (Provider provider = open(store())) {
            assertThat(servesAll(provider, dag)).isTrue();
        }
    }

    private Path only(String name, String ending) {
        List<Path> found = files(store().resolve(name)).stream()
                .filter(path -> path.toString().endsWith(ending))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void shared_blocks_are_kept_once_and_for_as_long_as_any_pin_needs_them() {
        Dag one = Dag.file(3, 20, 10_000);
        Dag two = Dag.file(4, 20, 10_000);
        Dag both = over(one, two);
        try (Provider provider = open(store())) {
            upload(provider, "one", one);
            long before = size();
            upload(provider, "both", both);
            upload(provider, "again", one);
            // Only the second file, the node above and their frames were new.
            assertThat(size() - before).isLessThan(two.sizeBytes() + 5_000);
            provider.unpin(ref("one", one), soon());
            assertThat(servesAll(provider, both)).isTrue();
            provider.unpin(ref("again", one), soon());
            assertThat(servesAll(provider, both)).isTrue();
            assertThat(observe(provider, "both", both)).isInstanceOf(Observation.Stored.class);
            provider.unpin(ref("both", both), soon());
            assertThat(files(store().resolve("packs"))).isEmpty();
            assertThat(failureOf(() -> provider.block(one.root(), soon()))).isInstanceOf(Failure.NotFound.class);
        }
    }

    private long size() {
        return files(store().resolve("packs")).stream()
                .mapToLong(path -> path.toFile().length())
                .sum();
    }

    @Test
    void a_car_that_lacks_a_block_leaves_nothing() {
        Dag whole = Dag.file(5, 6, 2_000);
        Dag lacking = new Dag(whole.root(), whole.blocks().subList(0, 6));
        try (Provider provider = open(store())) {
            Failure failure = failureOf(() -> provider.upload(order("a", whole), lacking.carSource(), soon()));
            assertThat(failure).isInstanceOf(Failure.InvalidOrder.class);
            assertThat(failure.detail())
                    .contains("lacks block " + whole.blocks().get(6).cid());
            assertNothingIsLeft(provider, "a", whole);
        }
    }

    @Test
    void a_car_with_wrong_bytes_or_cut_short_or_for_another_root_leaves_nothing() {
        Dag dag = Dag.file(6, 3, 2_000);
        byte[] wrong = dag.car();
        wrong[wrong.length - 10] ^= 1;
        byte[] cut = Arrays.copyOf(dag.car(), dag.car().length - 7);
        byte[] other = Dag.text("something else").car();
        try (Provider provider = open(store())) {
            for (byte[] car :
                    List.of(wrong, cut, other, new byte[0], "no car at all".getBytes(StandardCharsets.UTF_8))) {
                assertThat(failureOf(() -> provider.upload(order("a", dag), source(dag.root(), car), soon())))
                        .isInstanceOf(Failure.InvalidOrder.class);
                assertNothingIsLeft(provider, "a", dag);
            }
        }
    }

    private void assertNothingIsLeft(Provider provider, String key, Dag dag) {
        assertThat(observe(provider, key, dag)).isInstanceOf(Observation.Absent.class);
        assertThat(files(store().resolve("packs"))).isEmpty();
        assertThat(files(store().resolve("pins"))).isEmpty();
        assertThat(files(store().resolve("tmp"))).isEmpty();
    }

    @Test
    void a_source_that_fails_midway_is_unavailable_and_leaves_nothing() {
        Dag dag = Dag.file(7, 3, 2_000);
        CarSource failing = new CarSource() {
            @Override
            public Cid root() {
                return dag.root();
            }

            @Override
            public long sizeBytes() {
                return dag.car().length;
            }

            @Override
            public InputStream open() {
                return new SequenceInputStream(new ByteArrayInputStream(dag.car(), 0, 3_000), new BrokenStream());
            }
        };
        try (Provider provider = open(store())) {
            assertThat(failureOf(() -> provider.upload(order("a", dag), failing, soon())))
                    .isInstanceOf(Failure.Unavailable.class);
            assertNothingIsLeft(provider, "a", dag);
        }
    }

    @Test
    void the_capacity_is_kept_and_freed_by_unpinning() {
        Dag first = Dag.file(8, 7, 100_000);
        Dag second = Dag.file(9, 7, 100_000);
        try (Provider provider = open(store(), Map.of("capacity", "1048576"))) {
            upload(provider, "first", first);
            Failure failure = failureOf(() -> upload(provider, "second", second));
            assertThat(failure).isInstanceOf(Failure.QuotaExceeded.class);
            assertThat(files(store().resolve("tmp"))).isEmpty();
            assertThat(servesAll(provider, first)).isTrue();
            provider.unpin(ref("first", first), soon());
            assertThat(upload(provider, "second", second)).isInstanceOf(Observation.Stored.class);
        }
    }

    @Test
    void a_block_that_rotted_is_told_set_aside_and_healed_by_a_new_upload() throws IOException {
        Dag dag = Dag.file(10, 5, 4_000);
        Dag healthy = Dag.text("not touched");
        Cid leaf = dag.blocks().get(3).cid();
        try (Provider provider = open(store())) {
            upload(provider, "healthy", healthy);
            upload(provider, "a", dag);
            rot(dag.blocks().get(3).bytes());
            Failure failure = failureOf(() -> provider.block(leaf, soon()));
            assertThat(failure).isInstanceOf(Failure.ProtocolViolation.class);
            assertThat(failure.detail()).contains(leaf.toString()).contains("set aside");
            assertThat(files(store().resolve("damaged"))).hasSize(1);
            assertThat(failureOf(() -> provider.block(leaf, soon()))).isInstanceOf(Failure.NotFound.class);
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Failed.class);
        }
        try (Provider provider = open(store())) {
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Failed.class);
            assertThat(observe(provider, "healthy", healthy)).isInstanceOf(Observation.Stored.class);
            provider.unpin(ref("a", dag), soon());
            assertThat(upload(provider, "b", dag)).isInstanceOf(Observation.Stored.class);
            assertThat(servesAll(provider, dag)).isTrue();
            assertThat(files(store().resolve("damaged"))).isEmpty();
        }
    }

    @Test
    void an_upload_does_not_rely_on_a_copy_that_rotted_unseen() throws IOException {
        Dag dag = Dag.file(11, 5, 4_000);
        try (Provider provider = open(store())) {
            upload(provider, "a", dag);
            rot(dag.blocks().get(2).bytes());
            assertThat(upload(provider, "b", dag)).isInstanceOf(Observation.Stored.class);
            assertThat(servesAll(provider, dag)).isTrue();
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Failed.class);
        }
    }

    /** Changes one byte of a block where it lies on the disk. */
    private void rot(byte[] block) throws IOException {
        for (Path car : files(store().resolve("packs"))) {
            byte[] bytes = Files.readAllBytes(car);
            for (int at = 0; at + block.length <= bytes.length; at++) {
                if (Arrays.equals(bytes, at, at + block.length, block, 0, block.length)) {
                    try (FileChannel file = FileChannel.open(car, StandardOpenOption.WRITE)) {
                        file.write(ByteBuffer.wrap(new byte[] {(byte) ~block[7]}), at + 7);
                    }
                    return;
                }
            }
        }
        throw new AssertionError("the block is not on the disk");
    }

    @Test
    void a_pack_that_somebody_deleted_makes_its_pins_fail_and_no_other() throws IOException {
        Dag dag = Dag.file(12, 5, 4_000);
        try (Provider provider = open(store())) {
            upload(provider, "a", dag);
            Files.delete(only("packs", ".car"));
            upload(provider, "b", Dag.text("other"));
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Failed.class);
            assertThat(observe(provider, "b", Dag.text("other"))).isInstanceOf(Observation.Stored.class);
        }
    }

    @Test
    void a_folder_that_is_away_is_unavailable_and_works_again_when_it_is_back() throws IOException {
        Dag dag = Dag.file(13, 5, 4_000);
        Path away = folder.resolve("away");
        try (Provider provider = open(store())) {
            upload(provider, "a", dag);
            Files.move(store(), away);
            for (int i = 0; i < 2; i++) {
                Failure failure = failureOf(() -> observe(provider, "a", dag));
                assertThat(failure).isInstanceOf(Failure.Unavailable.class);
                assertThat(failure.detail()).isEqualTo("store directory " + store() + " is not there");
                assertThat(failureOf(() -> upload(provider, "b", dag))).isInstanceOf(Failure.Unavailable.class);
                assertThat(failureOf(() -> provider.block(dag.root(), soon()))).isInstanceOf(Failure.Unavailable.class);
                assertThat(store()).doesNotExist();
            }
            // An empty mount point is not the store either, and is not written to.
            Files.createDirectory(store());
            Failure failure = failureOf(() -> upload(provider, "b", dag));
            assertThat(failure).isInstanceOf(Failure.Unavailable.class);
            assertThat(failure.detail()).contains("no marker file");
            assertThat(files(store())).isEmpty();
            Files.delete(store());

            Files.move(away, store());
            assertThat(observe(provider, "a", dag)).isInstanceOf(Observation.Stored.class);
            assertThat(servesAll(provider, dag)).isTrue();
        }
    }

    @Test
    void a_folder_whose_parent_is_missing_is_not_made() {
        try (Provider provider = open(folder.resolve("disk/store"))) {
            Failure failure = failureOf(() -> provider.probe(soon()));
            assertThat(failure).isInstanceOf(Failure.Unavailable.class);
            assertThat(failure.detail()).contains("mount the disk");
            assertThat(folder.resolve("disk")).doesNotExist();
        }
    }

    @Test
    void one_folder_serves_one_provider_at_a_time() {
        Provider first = open(store());
        try (Provider second = open(store())) {
            first.probe(soon());
            Failure failure = failureOf(() -> second.probe(soon()));
            assertThat(failure).isInstanceOf(Failure.Unavailable.class);
            assertThat(failure.detail()).contains("in use");
            first.close();
            second.probe(soon());
        }
    }

    @Test
    void a_full_disk_is_a_quota_and_leaves_nothing() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        boolean mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=3m", "pinfold-test", small.toString())
                        .start()
                        .waitFor()
                == 0;
        if (!mounted) {
            System.out.println("skipped: a small disk cannot be mounted here (only root can)");
        }
        Assumptions.assumeTrue(mounted, "a small disk can be mounted");
        try (Provider provider = open(small.resolve("store"))) {
            Dag fits = Dag.file(14, 10, 100_000);
            Dag tooMuch = Dag.file(15, 30, 100_000);
            upload(provider, "fits", fits);
            Failure failure = failureOf(() -> upload(provider, "much", tooMuch));
            assertThat(failure).isInstanceOf(Failure.QuotaExceeded.class);
            assertThat(failure.detail()).contains("is full");
            assertThat(files(small.resolve("store/tmp"))).isEmpty();
            assertThat(servesAll(provider, fits)).isTrue();
            provider.unpin(ref("fits", fits), soon());
            assertThat(upload(provider, "later", Dag.file(16, 10, 100_000))).isInstanceOf(Observation.Stored.class);
        } finally {
            assertThat(new ProcessBuilder("umount", small.toString()).start().waitFor(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private static final class BrokenStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the other disk is gone");
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return read();
        }
    }
}
