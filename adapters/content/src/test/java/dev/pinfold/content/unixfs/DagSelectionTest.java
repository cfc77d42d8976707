package dev.pinfold.content.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.MemoryBlocks;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which blocks belong to an extent of a DAG, and paths through everything that has names. */
class DagSelectionTest {
    private static final UnixFsOptions SMALL = new UnixFsOptions(100, 3, 256 << 10, 8);
    private final MemoryBlocks blocks = new MemoryBlocks();

    private Added file(byte[] bytes) throws IOException {
        return FileWriter.add(new ByteArrayInputStream(bytes), blocks, SMALL);
    }

    private Added directory(UnixFsOptions options, Added entry, String... names) throws IOException {
        DirectoryWriter writer = new DirectoryWriter(blocks, options);
        for (String name : names) {
            writer.add(name, entry);
        }
        return writer.finish();
    }

    private List<Cid> selected(Cid top, Extent extent, boolean duplicates) throws IOException {
        DagSelection selection = new DagSelection(blocks, top, extent, DagLimits.DEFAULT, duplicates);
        List<Cid> cids = new ArrayList<>();
        for (Block block = selection.next(); block != null; block = selection.next()) {
            cids.add(block.cid());
        }
        return cids;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @Test
    void everything_is_what_a_walk_gives() throws IOException {
        Cid root = directory(SMALL, file(random(3_000)), "a", "b").cid();
        List<Cid> walked = new ArrayList<>();
        new DagWalk(blocks, DagLimits.DEFAULT).walk(List.of(root), block -> walked.add(block.cid()));
        assertThat(selected(root, new Extent.Everything(), false)).isEqualTo(walked);
        assertThat(selected(root, new Extent.Everything(), true)).hasSize(2 * walked.size() - 1);
        assertThat(selected(root, new Extent.OneBlock(), true)).containsExactly(root);
    }

    @Test
    void an_entity_is_a_whole_file_or_a_directory_without_what_it_names() throws IOException {
        Added file = file(random(3_000));
        assertThat(selected(file.cid(), new Extent.Entity(), false))
                .isEqualTo(selected(file.cid(), new Extent.Everything(), false));
        assertThat(selected(directory(SMALL, file, "a").cid(), new Extent.Entity(), false))
                .hasSize(1);
        String[] names =
                new Random(1).ints(500).mapToObj(i -> "name-" + i).distinct().toArray(String[]::new);
        Cid sharded = directory(new UnixFsOptions(100, 3, 0, 8), file, names).cid();
        List<Cid> shards = selected(sharded, new Extent.Entity(), false);
        assertThat(shards).hasSizeGreaterThan(50).doesNotContain(file.cid());
        MemoryBlocks only = new MemoryBlocks();
        for (Cid shard : shards) {
            only.accept(blocks.block(shard, new Verifier()));
        }
        assertThat(new UnixFsReader(only).list(sharded)).hasSize(names.length);
    }

    @Test
    void every_range_of_a_file_can_be_read_from_its_selection_and_from_no_fewer_blocks() throws IOException {
        byte[] bytes = random(2_550);
        Cid file = file(bytes).cid();
        for (int from = 0; from < bytes.length; from += 93) {
            for (int to = from; to < bytes.length; to += 171) {
                List<Cid> cids = selected(file, new Extent.Bytes(from, OptionalLong.of(to)), false);
                MemoryBlocks only = new MemoryBlocks();
                for (Cid cid : cids) {
                    only.accept(blocks.block(cid, new Verifier()));
                }
                List<Cid> read = new ArrayList<>();
                byte[] got = new UnixFsReader(cid -> {
                            read.add(cid);
                            return only.find(cid);
                        })
                        .open(file, from, to + 1L).stream().readAllBytes();
                assertThat(got).isEqualTo(Arrays.copyOfRange(bytes, from, to + 1));
                assertThat(read).as("no block too many").containsAll(cids);
            }
        }
    }

    @Test
    void ends_of_ranges_count_from_the_end_when_negative() throws IOException {
        Cid file = file(random(1_000)).cid();
        assertThat(selected(file, new Extent.Bytes(-1, OptionalLong.empty()), false))
                .isEqualTo(selected(file, new Extent.Bytes(999, OptionalLong.of(999)), false));
        assertThat(selected(file, new Extent.Bytes(-5_000, OptionalLong.of(-1)), false))
                .isEqualTo(selected(file, new Extent.Entity(), false));
        assertThat(selected(file, new Extent.Bytes(499, OptionalLong.of(-1_000)), false))
                .containsExactly(file);
        assertThat(selected(file, new Extent.Bytes(5_000, OptionalLong.empty()), false))
                .containsExactly(file);
    }

    @Test
    void limits_end_a_selection() throws IOException {
        Cid file = file(random(3_000)).cid();
        DagLimits few = DagLimits.DEFAULT.withSize(5, 1 << 20);
        DagSelection selection = new DagSelection(blocks, file, new Extent.Everything(), few, true);
        assertThatThrownBy(() -> {
                    for (Block block = selection.next(); block != null; block = selection.next()) {
                        assertThat(block).isNotNull();
                    }
                })
                .isInstanceOfSatisfying(
                        ContentException.class, e -> assertThat(e.kind()).isEqualTo(ContentException.Kind.TOO_LARGE));
    }

    @Test
    void a_path_leads_through_directories_and_documents() throws IOException {
        Added file = file("text".getBytes(StandardCharsets.UTF_8));
        Cid folder = directory(SMALL, file, "leaf").cid();
        byte[] json = ("{\"to\":[{\"/\":\"" + folder + "\"}],\"n\":1}").getBytes(StandardCharsets.UTF_8);
        Block document = Block.of(Codec.DAG_JSON, json);
        blocks.accept(document);
        PathWalk walk = new PathWalk(blocks, UnixFsLimits.DEFAULT);
        assertThat(walk.follow(document.cid(), List.of("to", "0", "leaf")))
                .isEqualTo(new PathWalk.End(List.of(document.cid(), folder, file.cid()), List.of()));
        assertThat(walk.follow(document.cid(), List.of("n")).rest()).containsExactly("n");
        for (List<String> wrong : List.of(
                List.of("to", "1"),
                List.of("to", "0", ".."),
                List.of("to", "0", "a/b"),
                List.of("to", "0", "leaf", "x"))) {
            assertThatThrownBy(() -> walk.follow(document.cid(), wrong))
                    .isInstanceOfSatisfying(
                            ContentException.class,
                            e -> assertThat(e.kind()).as("%s", wrong).isEqualTo(ContentException.Kind.NOT_FOUND));
        }
    }
}
