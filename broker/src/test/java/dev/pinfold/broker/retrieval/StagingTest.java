package dev.pinfold.broker.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
    private static final Staging.Limits LIMITS = new Staging.Limits(10 << 20, 0, 100_000);

    @TempDir
    Path directory;

    private Staging staging;

    @BeforeEach
    void open() throws IOException {
        staging = Staging.open(directory, LIMITS);
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private List<Staged> importCar(byte[] car) throws IOException {
        return staging.importCar(in(car), DagLimits.DEFAULT);
    }

    private BrokerException refusal(byte[] car) {
        BrokerException thrown = catchThrowableOfType(BrokerException.class, () -> importCar(car));
        assertThat(thrown).isNotNull();
        assertThat(staging.all()).isEmpty();
        assertThat(staging.sizeBytes()).isZero();
        assertThat(filesIn("work")).isEmpty();
        assertThat(filesIn("dags")).isEmpty();
        return thrown;
    }

    private List<Path> filesIn(String folder) {
        try (Stream<Path> files = Files.list(directory.resolve(folder))) {
            return files.toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Every block of the CAR, proven by the reader. */
    private static List<Block> read(Staged staged) throws IOException {
        List<Block> blocks = new ArrayList<>();
        try (InputStream in = staged.open()) {
            byte[] bytes = in.readAllBytes();
            assertThat(bytes).hasSize(Math.toIntExact(staged.sizeBytes()));
            CarReader reader = new CarReader(in(bytes));
            assertThat(reader.header().roots()).containsExactly(staged.root());
            for (Block block = reader.next(); block != null; block = reader.next()) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    @Test
    void a_file_becomes_the_cid_that_other_tools_give_it_and_comes_back_as_it_was() throws IOException {
        byte[] bytes = new byte[700_000];
        new java.util.Random(7).nextBytes(bytes);
        Staged staged = staging.addFile(in(bytes));
        assertThat(staged.blocks()).isEqualTo(4);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        new DagWalk(staged, DagLimits.DEFAULT).walk(List.of(staged.root()), block -> {
            if (block.cid().codec() == dev.pinfold.content.Codec.RAW) {
                content.write(block.bytes());
            }
        });
        assertThat(content.toByteArray()).isEqualTo(bytes);
        assertThat(staging.addFile(in(new byte[0])).root())
                .hasToString("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
        assertThat(staging.addFile(in("hello world".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                        .root())
                .hasToString("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    }

    @Test
    void equal_chunks_are_stored_once() throws IOException {
        Staged staged = staging.addFile(in(new byte[5 << 20]));
        assertThat(staged.blocks()).isEqualTo(2);
        assertThat(staged.sizeBytes()).isLessThan(300_000);
    }

    @Test
    void a_directory_is_staged_whole() throws IOException {
        Cid root;
        try (TreeUpload tree = staging.addTree()) {
            tree.addFile("a/b.txt", in(new byte[] {1}));
            tree.addFile("a/c.txt", in(new byte[] {2}));
            tree.addFolder("empty");
            Staged staged = tree.finish();
            root = staged.root();
            assertThat(read(staged)).hasSize(5);
            assertThat(new DagWalk(staged, DagLimits.DEFAULT).walk(List.of(root), block -> {}))
                    .isEqualTo(5);
        }
        assertThat(staging.find(root)).isPresent();
        assertThat(filesIn("work")).isEmpty();
    }

    @Test
    void a_path_that_leaves_the_directory_is_refused() throws IOException {
        try (TreeUpload tree = staging.addTree()) {
            BrokerException thrown = catchThrowableOfType(
                    BrokerException.class, () -> tree.addFile("../../etc/passwd", in(new byte[] {1})));
            assertThat(thrown.kind().status()).isBetween(400, 422);
        }
        assertThat(staging.sizeBytes()).isZero();
    }

    @Test
    void a_car_in_order_is_staged_as_it_is() throws IOException {
        Blocks file = Blocks.file(1, 20_000);
        Staged staged = importCar(file.car()).getFirst();
        assertThat(read(staged)).isEqualTo(file.inOrder);
        assertThat(staged.find(file.leaf().cid())).isEqualTo(file.leaf().bytes());
        assertThat(staging.block(file.leaf().cid())).contains(file.leaf());
        assertThat(staged.dagBytes())
                .isEqualTo(file.inOrder.stream().mapToLong(Block::size).sum());
    }

    @Test
    void a_car_in_any_order_with_strays_is_staged_without_the_strays() throws IOException {
        Blocks file = Blocks.file(2, 20_000);
        Blocks other = Blocks.file(3, 20_000);
        List<Block> shuffled = new ArrayList<>(file.inOrder);
        shuffled.addAll(other.inOrder);
        Collections.shuffle(shuffled, new java.util.Random(4));
        Staged staged = importCar(Blocks.car(List.of(file.root), shuffled)).getFirst();
        assertThat(read(staged)).isEqualTo(file.inOrder);
        assertThat(staging.find(other.root)).isEmpty();
    }

    @Test
    void every_root_gets_its_own_content() throws IOException {
        Blocks one = Blocks.file(5, 5_000);
        Blocks two = Blocks.file(6, 9_000);
        List<Block> both = new ArrayList<>(one.inOrder);
        both.addAll(two.inOrder);
        List<Staged> staged = importCar(Blocks.car(List.of(one.root, two.root, one.root), both));
        assertThat(staged).extracting(Staged::root).containsExactly(one.root, two.root);
        assertThat(read(staged.get(1))).isEqualTo(two.inOrder);
        assertThat(staging.sizeBytes())
                .isEqualTo(staged.stream().mapToLong(Staged::fileBytes).sum());
    }

    @Test
    void an_incomplete_dag_is_refused_and_the_missing_block_named() {
        Blocks file = Blocks.file(7, 20_000);
        List<Block> without = new ArrayList<>(file.inOrder);
        Block missing = without.remove(5);
        BrokerException thrown = refusal(Blocks.car(List.of(file.root), without));
        assertThat(thrown.kind()).isEqualTo(ErrorKind.UNPROCESSABLE_CONTENT);
        assertThat(thrown.details())
                .contains("incomplete")
                .contains(missing.cid().toString());
    }

    @Test
    void one_incomplete_root_of_two_keeps_nothing() {
        Blocks one = Blocks.file(5, 5_000);
        Blocks two = Blocks.file(6, 9_000);
        assertThat(refusal(Blocks.car(List.of(one.root, two.root), one.inOrder)).details())
                .contains("Its root " + two.root + " is not in it");
    }

    @Test
    void what_came_of_an_incomplete_dag_can_be_kept_in_the_cache_and_whole_roots_are_staged() throws IOException {
        Blocks whole = Blocks.file(5, 5_000);
        Blocks half = Blocks.file(6, 9_000);
        List<Block> blocks = new ArrayList<>(half.inOrder);
        Block missing = blocks.remove(3);
        blocks.addAll(whole.inOrder);
        try (BlockCache cache = BlockCache.open(directory, 10 << 20)) {
            Imported imported = staging.importPartial(
                    in(Blocks.car(List.of(half.root, whole.root), blocks)), DagLimits.DEFAULT, cache);
            assertThat(imported.whole()).extracting(Staged::root).containsExactly(whole.root);
            assertThat(imported.partial()).containsExactly(new Imported.Partial(half.root, List.of(missing.cid())));
            for (Block block : blocks) {
                assertThat(cache.find(block.cid())).isEqualTo(block);
            }
            assertThat(staging.find(half.root)).isEmpty();
            assertThat(filesIn("work")).isEmpty();
        }
    }

    @Test
    void a_car_without_roots_is_kept_block_by_block() throws IOException {
        Blocks file = Blocks.file(6, 9_000);
        try (BlockCache cache = BlockCache.open(directory, 10 << 20)) {
            Imported imported =
                    staging.importPartial(in(Blocks.car(List.of(), file.inOrder)), DagLimits.DEFAULT, cache);
            assertThat(imported).isEqualTo(new Imported(List.of(), List.of()));
            assertThat(cache.find(file.leaf().cid())).isEqualTo(file.leaf());
        }
    }

    @Test
    void without_a_cache_an_incomplete_dag_is_refused_whatever_is_asked() {
        Blocks file = Blocks.file(7, 20_000);
        byte[] car = Blocks.car(List.of(file.root), file.inOrder.subList(0, 3));
        try (BlockCache none = BlockCache.open(directory, 0)) {
            assertThat(catchThrowableOfType(
                                    BrokerException.class,
                                    () -> staging.importPartial(in(car), DagLimits.DEFAULT, none))
                            .kind())
                    .isEqualTo(ErrorKind.UNPROCESSABLE_CONTENT);
        }
    }

    @Test
    void wrong_bytes_no_roots_cut_cars_and_other_files_are_refused() {
        Blocks file = Blocks.file(8, 20_000);
        byte[] flipped = file.car();
        flipped[flipped.length - 7] ^= 1;
        assertThat(refusal(flipped).kind()).isEqualTo(ErrorKind.UNPROCESSABLE_CONTENT);
        assertThat(refusal(Blocks.car(List.of(), file.inOrder)).kind()).isEqualTo(ErrorKind.BAD_REQUEST);
        byte[] cut = java.util.Arrays.copyOf(file.car(), file.car().length - 10);
        assertThat(refusal(cut).kind()).isEqualTo(ErrorKind.UNPROCESSABLE_CONTENT);
        assertThat(refusal("<html>not found</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .kind()
                        .status())
                .isBetween(400, 422);
        assertThat(refusal(new byte[0]).kind().status()).isBetween(400, 422);
    }

    @Test
    void limits_of_one_dag_hold() {
        Blocks file = Blocks.file(9, 20_000);
        BrokerException thrown = catchThrowableOfType(
                BrokerException.class,
                () -> staging.importCar(in(file.car()), DagLimits.DEFAULT.withSize(1000, 5_000)));
        assertThat(thrown.kind()).isEqualTo(ErrorKind.PAYLOAD_TOO_LARGE);
        assertThat(staging.sizeBytes()).isZero();
    }

    @Test
    void what_does_not_fit_is_refused_and_gives_its_space_back() throws IOException {
        Staged small = staging.addFile(in(new byte[1000]));
        byte[] large = new byte[11 << 20];
        new java.util.Random(1).nextBytes(large);
        BrokerException thrown = catchThrowableOfType(BrokerException.class, () -> staging.addFile(in(large)));
        assertThat(thrown.kind()).isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
        assertThat(staging.sizeBytes()).isEqualTo(small.fileBytes());
        assertThat(filesIn("work")).isEmpty();
        assertThat(staging.addFile(in(new byte[2000])).blocks()).isEqualTo(1);
    }

    @Test
    void a_disk_that_is_nearly_full_takes_nothing() throws IOException {
        Staging full = Staging.open(directory.resolve("full"), new Staging.Limits(10 << 20, Long.MAX_VALUE, 100));
        BrokerException thrown = catchThrowableOfType(BrokerException.class, () -> full.addFile(in(new byte[10])));
        assertThat(thrown.kind()).isEqualTo(ErrorKind.INSUFFICIENT_STORAGE);
        assertThat(full.sizeBytes()).isZero();
    }

    @Test
    void the_same_content_twice_is_stored_once() throws IOException {
        Blocks file = Blocks.file(10, 20_000);
        Staged first = importCar(file.car()).getFirst();
        assertThat(importCar(file.car()).getFirst()).isSameAs(first);
        assertThat(staging.sizeBytes()).isEqualTo(first.fileBytes());
        assertThat(filesIn("dags")).hasSize(1);
    }

    @Test
    void everything_is_there_again_after_opening() throws IOException {
        Blocks file = Blocks.file(11, 20_000);
        importCar(file.car());
        Staging again = Staging.open(directory, LIMITS);
        assertThat(read(again.find(file.root).orElseThrow())).isEqualTo(file.inOrder);
        assertThat(again.block(file.inOrder.get(3).cid())).contains(file.inOrder.get(3));
        assertThat(again.sizeBytes()).isEqualTo(staging.sizeBytes());
    }

    @Test
    void what_a_killed_broker_left_unfinished_is_gone_after_opening() throws IOException {
        Blocks file = Blocks.file(12, 20_000);
        @SuppressWarnings("resource") // As if the process had died here.
        StagingFile unfinished = staging.begin(file.root);
        file.inOrder.forEach(unfinished::accept);
        assertThat(filesIn("work")).hasSize(1);
        Staging again = Staging.open(directory, LIMITS);
        assertThat(filesIn("work")).isEmpty();
        assertThat(again.find(file.root)).isEmpty();
        assertThat(again.sizeBytes()).isZero();
    }

    @Test
    void a_damaged_file_is_ignored_or_its_blocks_do_not_verify() throws IOException {
        Blocks file = Blocks.file(13, 20_000);
        Path stored = importCar(file.car()).getFirst().file();
        byte[] bytes = Files.readAllBytes(stored);
        Files.write(stored, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(Staging.open(directory, LIMITS).find(file.root)).isEmpty();
        Files.write(stored, bytes);
        Staging again = Staging.open(directory, LIMITS);
        for (int i = 100; i < 15_000; i += 100) {
            bytes[i] ^= 1;
        }
        Files.write(stored, bytes);
        assertThat(catchThrowableOfType(
                        dev.pinfold.content.ContentException.class,
                        () -> again.block(file.inOrder.get(1).cid())))
                .isNotNull();
    }

    @Test
    void removed_content_is_gone_while_open_streams_go_on() throws IOException {
        Blocks file = Blocks.file(14, 20_000);
        Staged staged = importCar(file.car()).getFirst();
        try (InputStream open = staged.open()) {
            assertThat(staging.remove(file.root)).isTrue();
            assertThat(open.readAllBytes()).isEqualTo(file.car());
        }
        assertThat(staging.remove(file.root)).isFalse();
        assertThat(staging.find(file.root)).isEmpty();
        assertThat(staging.sizeBytes()).isZero();
        assertThat(filesIn("dags")).isEmpty();
    }

    @Test
    void a_root_whose_content_is_in_its_cid_needs_no_block() throws IOException {
        Cid inline = Cid.v1(
                dev.pinfold.content.Codec.RAW,
                dev.pinfold.content.Multihash.of(dev.pinfold.content.HashFunction.IDENTITY, new byte[] {1, 2}));
        Staged staged = importCar(Blocks.car(List.of(inline), List.of())).getFirst();
        assertThat(staged.blocks()).isZero();
        assertThat(staging.find(inline)).isPresent();
    }
}
