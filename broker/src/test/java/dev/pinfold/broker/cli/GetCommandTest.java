package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.unixfs.TreeWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GetCommandTest {
    @TempDir
    Path data;

    @TempDir
    Path target;

    private final FakeBroker broker;
    private final byte[] large = new byte[1_000_000];
    private final List<Block> blocks = new ArrayList<>();
    private final Cid root;

    GetCommandTest() throws IOException {
        broker = new FakeBroker();
        new Random(7).nextBytes(large);
        TreeWriter tree = new TreeWriter(blocks::add, UnixFsOptions.DEFAULT);
        tree.addFile("docs/ü/hello.txt", new ByteArrayInputStream("hello\n".getBytes(StandardCharsets.UTF_8)));
        tree.addFile("large.bin", new ByteArrayInputStream(large));
        root = tree.finish().cid();
    }

    @BeforeEach
    void the_broker_serves_the_tree() throws IOException {
        ClientFile.write(data, broker.endpoint(), FakeBroker.TOKEN);
        serve("", blocks);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void serve(String path, List<Block> served) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CarWriter car = new CarWriter(out, List.of(root));
        for (Block block : served) {
            car.accept(block);
        }
        broker.cars.put("/ipfs/" + root + path, out.toByteArray());
    }

    private byte[] served() {
        return Objects.requireNonNull(broker.cars.get("/ipfs/" + root)).clone();
    }

    private Ran get(String what, String name, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("get", what, "-o", target.resolve(name).toString()));
        arguments.addAll(List.of(more));
        return Ran.at(data, arguments.toArray(String[]::new));
    }

    private List<String> leftBehind() throws IOException {
        try (var files = Files.list(target)) {
            return files.map(f -> String.valueOf(f.getFileName())).sorted().toList();
        }
    }

    @Test
    void a_directory_comes_back_byte_for_byte() throws IOException {
        Ran ran = get(root.toString(), "tree", "--json");
        assertThat(ran.code()).isZero();
        assertThat(Files.readAllBytes(target.resolve("tree/large.bin"))).isEqualTo(large);
        assertThat(Files.readString(target.resolve("tree/docs/ü/hello.txt"))).isEqualTo("hello\n");
        assertThat(ran.json().path("files").asInt()).isEqualTo(2);
        assertThat(ran.json().path("bytes").asInt()).isEqualTo(1_000_006);
        assertThat(leftBehind()).containsExactly("tree");
    }

    @Test
    void a_path_inside_is_followed_here_and_not_believed() throws IOException {
        serve("/docs/ü/hello.txt", blocks);
        assertThat(get("/ipfs/" + root + "/docs/ü/hello.txt", "h.txt").out().strip())
                .isEqualTo(target.resolve("h.txt").toString());
        assertThat(Files.readString(target.resolve("h.txt"))).isEqualTo("hello\n");
        serve("/docs/none", blocks);
        Ran none = get(root + "/docs/none", "none");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("There is no \"none\" in directory");
    }

    @Test
    void a_changed_byte_is_noticed_and_nothing_is_left() throws IOException {
        byte[] car = served();
        car[car.length / 2] ^= 1;
        broker.cars.put("/ipfs/" + root, car);
        Ran ran = get(root.toString(), "tree", "--json");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.json().path("error").path("reason").asText()).isEqualTo("HASH_MISMATCH");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void a_missing_block_is_noticed_and_nothing_is_left() throws IOException {
        List<Block> some = new ArrayList<>(blocks);
        some.removeIf(block -> block.size() == UnixFsOptions.DEFAULT.chunkSize());
        serve("", some);
        Ran ran = get(root.toString(), "tree");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("is not there");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void a_download_that_breaks_off_leaves_nothing() throws IOException {
        byte[] car = served();
        broker.cars.put("/ipfs/" + root, Arrays.copyOf(car, car.length - 100));
        Ran ran = get(root.toString(), "tree");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void an_error_page_is_no_content() throws IOException {
        broker.cars.put("/ipfs/" + root, "<html>busy</html>".getBytes(StandardCharsets.UTF_8));
        Ran ran = get(root.toString(), "tree");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void what_exists_is_replaced_only_when_forced() throws IOException {
        serve("/docs/ü/hello.txt", blocks);
        Files.writeString(target.resolve("h.txt"), "mine");
        Ran careful = get(root + "/docs/ü/hello.txt", "h.txt");
        assertThat(careful.code()).isEqualTo(2);
        assertThat(careful.err()).contains("exists already; choose another with -o, or replace it with --force");
        assertThat(Files.readString(target.resolve("h.txt"))).isEqualTo("mine");
        assertThat(get(root + "/docs/ü/hello.txt", "h.txt", "--force").code()).isZero();
        assertThat(Files.readString(target.resolve("h.txt"))).isEqualTo("hello\n");
    }

    @Test
    void content_that_nobody_has_is_a_no() {
        Ran ran = get("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", "x");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("no replica has it");
    }

    @Test
    void inline_content_needs_no_block() throws IOException {
        broker.cars.put("/ipfs/bafkqabtimvwgy3yk", served());
        assertThat(get("bafkqabtimvwgy3yk", "inline").code()).isZero();
        assertThat(Files.readString(target.resolve("inline"))).isEqualTo("hello\n");
    }
}
