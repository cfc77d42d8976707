package dev.pinfold.content.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.MemoryBlocks;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest {
    private static final Added LEAF = new Added(Cid.of(Codec.RAW, new byte[] {1}), 1, 1);

    @Test
    void the_empty_directory_has_the_cid_that_everyone_knows() throws IOException {
        assertThat(new TreeWriter(block -> {}, UnixFsOptions.DEFAULT).finish().cid())
                .hasToString("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
    }

    /** As js-ipfs 0.66.1 named the same tree and, sharding above 1,000 entries, the same shards. */
    @Test
    void trees_and_shards_have_the_cids_that_others_give_them() throws IOException {
        byte[] big = new byte[262_145];
        for (int i = 0; i < big.length; i++) {
            big[i] = (byte) (i * 31 + i / 251);
        }
        TreeWriter tree = new TreeWriter(block -> {}, UnixFsOptions.DEFAULT);
        tree.addFile("sub/～", stream("wave"));
        tree.addFile("sub/東京 🎈.txt", stream("unicode"));
        tree.addFile("sub/deeper/b", new ByteArrayInputStream(big));
        tree.addFile("empty", stream(""));
        tree.addFile("a.txt", stream("hello\n"));
        tree.addFile("B", stream("B"));
        Added added = tree.finish();
        assertThat(added.cid()).hasToString("bafybeics4qoge4kakjhati6a3luc2ka2hdijsywowgznvllryrokruftwq");
        assertThat(added.dagSize()).isEqualTo(262_676);
        TreeWriter shards = new TreeWriter(block -> {}, new UnixFsOptions(1024, 174, 0, 256));
        for (int i = 0; i < 1500; i++) {
            shards.addFile("entry-" + i, stream("" + i));
        }
        Added sharded = shards.finish();
        assertThat(sharded.cid()).hasToString("bafybeihq6jt67qhfaoe43fwzi2cylga4ymuolk3gbkoic3hkvlbtifs52a");
        assertThat(sharded.dagSize()).isEqualTo(110_641);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "hello, cbd8a7b341bd9b02",
        "'hello, world', 342fac623a5ebc8e",
        "'19 Jan 2038 at 3:14:07 AM', b89e5988b737affc",
        "The quick brown fox jumps over the lazy dog., cd99481f9ee902c9"
    })
    void murmur3_gives_the_published_values(String text, String hex) {
        assertThat(Murmur3.hash64(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(Long.parseUnsignedLong(hex, 16));
    }

    @Property
    void sharded_directories_list_and_find_exactly_what_was_added(
            @ForAll @IntRange(max = 400) int count, @ForAll @IntRange(min = 3, max = 10) int power, @ForAll long seed)
            throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        DirectoryWriter writer = new DirectoryWriter(blocks, new UnixFsOptions(64, 174, 0, 1 << power));
        Set<String> names = new HashSet<>();
        Random random = new Random(seed);
        while (names.size() < count) {
            names.add("n" + Long.toString(random.nextLong(), 36));
        }
        names.forEach(name -> writer.add(name, LEAF));
        Cid root = writer.finish().cid();
        UnixFsReader reader = new UnixFsReader(blocks);
        assertThat(reader.list(root)).extracting(DirectoryEntry::name).containsExactlyInAnyOrderElementsOf(names);
        for (String name : names) {
            assertThat(reader.find(root, name)).isEqualTo(LEAF.cid());
        }
        assertThat(reader.find(root, "absent")).isNull();
    }

    @Property
    void the_order_in_which_entries_come_does_not_matter(@ForAll long seed, @ForAll boolean sharded)
            throws IOException {
        List<String> paths = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            paths.add("d" + random.nextInt(4) + "/e" + random.nextInt(3) + "/f" + i);
        }
        UnixFsOptions options = new UnixFsOptions(64, 174, sharded ? 0 : 100_000, 256);
        Added first = tree(paths, options);
        Collections.shuffle(paths, random);
        assertThat(tree(paths, options)).isEqualTo(first);
    }

    private static Added tree(List<String> paths, UnixFsOptions options) throws IOException {
        TreeWriter writer = new TreeWriter(block -> {}, options);
        for (String path : paths) {
            writer.addFile(path, stream(path.substring(path.lastIndexOf('/'))));
        }
        return writer.finish();
    }

    @Test
    void a_tree_resolves_by_path_and_is_complete() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        TreeWriter writer = new TreeWriter(blocks, UnixFsOptions.DEFAULT);
        Added file = writer.addFile("/a//b/c.txt", stream("c"));
        writer.addFolder("a/empty/");
        writer.addSymlink("a/link", "../../etc/passwd");
        Cid root = writer.finish().cid();
        UnixFsReader reader = new UnixFsReader(blocks);
        assertThat(reader.resolve(root, "a/b/c.txt")).hasSize(4).endsWith(file.cid());
        assertThat(reader.resolve(root, "/")).containsExactly(root);
        assertThat(reader.list(reader.resolve(root, "a/empty").getLast())).isEmpty();
        UnixFsStat link = reader.stat(reader.resolve(root, "a/link").getLast());
        assertThat(link.kind()).isEqualTo(UnixFsStat.Kind.SYMLINK);
        assertThat(link.target()).isEqualTo("../../etc/passwd");
        assertThat(new DagWalk(blocks, DagLimits.DEFAULT).missing(List.of(root), blocks::has, 1))
                .isEmpty();
        assertThat(kind(() -> reader.resolve(root, "a/x"))).isEqualTo(Kind.NOT_FOUND);
        assertThat(kind(() -> reader.resolve(root, "a/b/c.txt/x"))).isEqualTo(Kind.WRONG_TYPE);
        assertThat(kind(() -> reader.resolve(root, "a/../a"))).isEqualTo(Kind.MALFORMED);
        assertThat(kind(() -> reader.list(file.cid()))).isEqualTo(Kind.WRONG_TYPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/../b", "./a", "a/.", "a\u0000b", "", "/", "taken", "taken/below", "folder"})
    void unsafe_taken_and_nameless_paths_are_refused_before_the_content_is_read(String path) throws IOException {
        TreeWriter writer = new TreeWriter(block -> {}, UnixFsOptions.DEFAULT);
        writer.addFile("taken", stream("x"));
        writer.addFolder("folder");
        ByteArrayInputStream unread = new ByteArrayInputStream(new byte[5]);
        assertThat(kind(() -> writer.addFile(path, unread))).isEqualTo(Kind.MALFORMED);
        assertThat(unread.available()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "../evil", "/abs", "a/b", "", "a\u0000b"})
    void a_directory_with_a_name_that_leads_out_of_it_is_not_listed(String name) {
        MemoryBlocks blocks = new MemoryBlocks();
        Cid root = directory(blocks, List.of(PbLink.named("ok", LEAF.cid(), 1), PbLink.named(name, LEAF.cid(), 1)));
        UnixFsReader reader = new UnixFsReader(blocks);
        assertThatThrownBy(() -> reader.list(root)).hasMessageContaining("Unsafe name");
    }

    @Test
    void of_two_equal_names_the_first_counts_in_listings_and_in_searches() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Cid other = Cid.of(Codec.RAW, new byte[] {2});
        Cid root = directory(blocks, List.of(PbLink.named("a", other, 1), PbLink.named("a", LEAF.cid(), 1)));
        UnixFsReader reader = new UnixFsReader(blocks);
        assertThat(reader.list(root)).containsExactly(new DirectoryEntry("a", other, 1));
        assertThat(reader.find(root, "a")).isEqualTo(other);
    }

    @Test
    void an_entry_in_a_bucket_its_hash_does_not_lead_to_is_refused() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        int right = Hamt.bucket(Murmur3.hash64(new byte[] {'a'}), 0, 256);
        int wrong = (right + 1) % 256;
        assertThat(new UnixFsReader(blocks).list(shard(blocks, right, 256, bit(right))))
                .hasSize(1);
        Cid misplaced = shard(blocks, wrong, 256, bit(wrong));
        assertThatThrownBy(() -> new UnixFsReader(blocks).list(misplaced))
                .hasMessageContaining("hash does not lead to");
        assertThat(new UnixFsReader(blocks).find(misplaced, "a")).isNull();
        Cid unset = shard(blocks, right, 256, bit(wrong));
        assertThatThrownBy(() -> new UnixFsReader(blocks).list(unset)).hasMessageContaining("bitfield");
        Cid huge = shard(blocks, right, 1 << 20, bit(right));
        assertThatThrownBy(() -> new UnixFsReader(blocks).list(huge)).hasMessageContaining("fanout 1048576");
    }

    @Test
    void listings_end_at_the_limit_of_entries() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        DirectoryWriter writer = new DirectoryWriter(blocks, new UnixFsOptions(64, 174, 0, 256));
        for (int i = 0; i < 200; i++) {
            writer.add("n" + i, LEAF);
        }
        Cid root = writer.finish().cid();
        UnixFsReader reader = new UnixFsReader(blocks, new UnixFsLimits(10, 150, 10));
        assertThat(kind(() -> reader.list(root))).isEqualTo(Kind.TOO_LARGE);
    }

    @Test
    void names_that_are_twice_in_one_directory_are_refused_when_writing() {
        DirectoryWriter writer = new DirectoryWriter(block -> {}, UnixFsOptions.DEFAULT);
        writer.add("a", LEAF);
        assertThatThrownBy(() -> writer.add("a", LEAF)).hasMessageContaining("twice");
    }

    @Test
    void a_directory_is_sharded_only_above_the_threshold() throws IOException {
        // One name byte and 36 bytes of CID.
        for (int threshold : new int[] {36, 37}) {
            MemoryBlocks blocks = new MemoryBlocks();
            DirectoryWriter writer = new DirectoryWriter(blocks, new UnixFsOptions(64, 174, threshold, 256));
            writer.add("a", LEAF);
            Cid root = writer.finish().cid();
            byte[] bytes = java.util.Objects.requireNonNull(blocks.find(root));
            UnixFsData data = UnixFsData.read(PbNode.read(bytes).requireData());
            assertThat(data.type()).isEqualTo(threshold == 36 ? UnixFsData.Type.HAMT_SHARD : UnixFsData.Type.DIRECTORY);
        }
    }

    @Property
    void mode_and_time_read_back(@ForAll @IntRange(max = 0xffff) int mode, @ForAll int seconds, @ForAll int nanos) {
        Instant time = Instant.ofEpochSecond(seconds, Math.floorMod(nanos, 1_000_000_000));
        UnixFsData read = UnixFsData.read(
                UnixFsData.file(List.of(1L, 2L)).with(mode, time).write());
        assertThat(read.mode()).isEqualTo(mode);
        assertThat(read.mtime()).isEqualTo(time);
        assertThat(read.fileSize()).isEqualTo(3);
        assertThat(read.blockSizes()).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @CsvSource({
        "'', there is no Type",
        "0806, Type 6",
        "1200, there is no Type",
        "08021aff, bytes end",
        "08021a0101, wire type",
        "0802420a08ffffffffffffffff7f, time of",
        "08024206082a15ffffffff, time of"
    })
    void unixfs_data_that_breaks_a_rule_is_refused(String hex, String rule) {
        assertThat(rule).isNotEmpty();
        assertThatThrownBy(() -> UnixFsData.read(HexFormat.of().parseHex(hex))).isInstanceOf(ContentException.class);
    }

    @Property
    void any_data_is_read_or_refused(@ForAll byte[] data) throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block block = Block.of(Codec.DAG_PB, new PbNode(List.of(), data).write());
        blocks.accept(block);
        ContentException refused = catchThrowableOfType(ContentException.class, () -> {
            if (new UnixFsReader(blocks).stat(block.cid()).kind() == UnixFsStat.Kind.DIRECTORY) {
                new UnixFsReader(blocks).list(block.cid());
            }
        });
        assertThat(refused == null || refused.kind() != Kind.HASH_MISMATCH).isTrue();
    }

    private static byte[] bit(int bucket) {
        byte[] bits = new byte[32];
        bits[31 - bucket / 8] = (byte) (1 << bucket % 8);
        return bits;
    }

    private static Cid shard(MemoryBlocks blocks, int bucket, int fanout, byte[] bits) {
        PbLink link = PbLink.named(Hamt.prefix(bucket, 256) + "a", LEAF.cid(), 1);
        byte[] data = UnixFsData.shard(bits, fanout).write();
        Block block = Block.of(Codec.DAG_PB, new PbNode(List.of(link), data).write());
        blocks.accept(block);
        return block.cid();
    }

    private static Cid directory(MemoryBlocks blocks, List<PbLink> links) {
        byte[] data = UnixFsData.directory().write();
        Block block = Block.of(Codec.DAG_PB, new PbNode(links, data).write());
        blocks.accept(block);
        return block.cid();
    }

    private static Kind kind(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(ContentException.class, call).kind();
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
