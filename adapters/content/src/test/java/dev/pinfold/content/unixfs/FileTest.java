package dev.pinfold.content.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.MemoryBlocks;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileTest {
    /** As an independent implementation (js-ipfs 0.66.1, {@code cid-version=1&raw-leaves=true}) named the same bytes. */
    @ParameterizedTest
    @CsvSource({
        "0, bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        "1, bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu",
        "262143, bafkreifeld2o5fvqkvzogxykuxstv75qqe2v4ckqvsnrkyt7k7nlw3ic44",
        "262144, bafkreih6s5milhbufc3r6uucif6xq25t4kpqqmpxegnm5zcxjexsetsam4",
        "262145, bafybeievsntv4eesy5d3sxvnv7py27tnj6pw7toyyvy6tamrqhmfs4wiwu",
        "524288, bafybeidyfisbhmysl6mwcumvpabvphpgawbmdxneunreo4demmayhxazuq",
        "1000000, bafybeievhsopbcgfvdvpxx2qapynands6j3dsoppj7omj4ue2dpj5fehwa"
    })
    void files_have_the_cids_that_others_give_them(int size, String cid) throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) (i * 31 + i / 251);
        }
        assertThat(add(content, block -> {}, UnixFsOptions.DEFAULT).cid()).hasToString(cid);
    }

    /** 174 chunks are one node of links; one byte more makes a third level. */
    @ParameterizedTest
    @CsvSource({
        "45613056, bafybeic6aphmw3ff6rusfv3xkhvt5hr5qukkef4uybaq2kr4gfurjdadwi",
        "45613057, bafybeifesat4tfkoyjquv3u4ptxx43lfa3xewmq4wlbn6gmosvp7ov6nfy",
        "45875200, bafybeigdblb2whhz3pivianyb6ruzkrtmypoutvnely5tj5nk3nv6ailam"
    })
    void files_around_a_full_node_have_the_cids_that_others_give_them(int size, String cid) throws IOException {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) i;
        }
        assertThat(add(content, block -> {}, UnixFsOptions.DEFAULT).cid()).hasToString(cid);
    }

    @Property
    void a_file_reads_back_whole_and_in_any_range_with_only_the_blocks_it_needs(
            @ForAll @IntRange(max = 3000) int size,
            @ForAll @IntRange(min = 1, max = 200) int chunk,
            @ForAll @IntRange(min = 2, max = 6) int links,
            @ForAll @IntRange int a,
            @ForAll @IntRange int b)
            throws IOException {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        MemoryBlocks blocks = new MemoryBlocks();
        UnixFsOptions options = new UnixFsOptions(chunk, links, 1000, 256);
        Added added = add(content, blocks, options);
        assertThat(added.fileSize()).isEqualTo(size);
        assertThat(read(blocks, added.cid(), 0, Long.MAX_VALUE)).isEqualTo(content);
        int from = Math.floorMod(a, size + 1);
        int to = from + Math.floorMod(b, size + 1 - from);
        Set<Cid> asked = new HashSet<>();
        BlockSource spy = cid -> {
            asked.add(cid);
            return blocks.find(cid);
        };
        assertThat(read(spy, added.cid(), from, to)).isEqualTo(Arrays.copyOfRange(content, from, to));
        long leaves = asked.stream().filter(cid -> cid.codec() == Codec.RAW).count();
        assertThat(leaves).isLessThanOrEqualTo((to - from + chunk - 1) / chunk + 1);
        assertThat(new UnixFsReader(blocks).open(added.cid()).stream().readAllBytes())
                .isEqualTo(content);
    }

    @Property
    void pushed_bytes_make_the_same_file_as_pulled_ones(@ForAll @IntRange(max = 2000) int size, @ForAll long seed)
            throws IOException {
        byte[] content = new byte[size];
        Random random = new Random(seed);
        random.nextBytes(content);
        UnixFsOptions options = new UnixFsOptions(100, 3, 1000, 256);
        FileWriter writer = new FileWriter(block -> {}, options);
        for (int at = 0; at < size; ) {
            int take = Math.min(size - at, 1 + random.nextInt(300));
            writer.write(content, at, take);
            at += take;
        }
        assertThat(writer.finish()).isEqualTo(add(content, block -> {}, options));
    }

    @Test
    void a_dag_size_counts_every_block_below() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        byte[] content = new byte[5000];
        new Random(1).nextBytes(content);
        Added added = add(content, blocks, new UnixFsOptions(64, 5, 1000, 256));
        long sum = 0;
        for (Block block : blocks.all()) {
            sum += block.size();
        }
        assertThat(added.dagSize()).isEqualTo(sum);
    }

    @Test
    void a_missing_or_wrong_leaf_ends_the_file_after_the_good_bytes() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        byte[] content = new byte[300];
        new Random(2).nextBytes(content);
        Added added = add(content, blocks, new UnixFsOptions(100, 174, 1000, 256));
        Cid second = Cid.of(Codec.RAW, Arrays.copyOfRange(content, 100, 200));
        BlockSource lying = cid -> cid.equals(second) ? new byte[100] : blocks.find(cid);
        assertEnds(lying, added.cid(), 100, Kind.HASH_MISMATCH);
        BlockSource lacking = cid -> cid.equals(second) ? null : blocks.find(cid);
        assertEnds(lacking, added.cid(), 100, Kind.INCOMPLETE);
    }

    @Test
    void a_file_that_claims_more_or_less_than_it_has_is_never_complete() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block leaf = put(blocks, Block.of(Codec.RAW, new byte[10]));
        // The parent's numbers agree with each other; only the leaf shows the lie.
        assertEnds(blocks, file(blocks, List.of(leaf), List.of(1000L)), 0, Kind.MALFORMED);
        assertEnds(blocks, file(blocks, List.of(leaf), List.of(3L)), 0, Kind.MALFORMED);
        assertEnds(blocks, file(blocks, List.of(leaf, leaf), List.of(10L, 11L)), 10, Kind.MALFORMED);
        Cid uncounted = file(blocks, List.of(leaf, leaf), List.of(10L));
        assertThatThrownBy(() -> new UnixFsReader(blocks).open(uncounted)).hasMessageContaining("2 links but 1 sizes");
        Cid endless = file(blocks, List.of(leaf, leaf), List.of(Long.MAX_VALUE, Long.MAX_VALUE));
        assertThatThrownBy(() -> new UnixFsReader(blocks).open(endless)).hasMessageContaining("2^63");
    }

    @Test
    void ranges_of_a_file_of_two_to_the_forty_bytes_are_served_and_the_whole_is_limited() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block top = put(blocks, Block.of(Codec.RAW, new byte[] {'x'}));
        for (int level = 0; level < 40; level++) {
            Cid cid = file(blocks, List.of(top, top), List.of(1L << level, 1L << level));
            top = Block.verified(cid, java.util.Objects.requireNonNull(blocks.find(cid)));
        }
        Cid root = top.cid();
        assertThat(new UnixFsReader(blocks).stat(root).size()).isEqualTo(1L << 40);
        assertThat(read(blocks, root, (1L << 39) - 5, (1L << 39) + 5))
                .hasSize(10)
                .containsOnly('x');
        UnixFsReader limited = new UnixFsReader(blocks, new UnixFsLimits(512, 10, 1000));
        assertThatThrownBy(() -> limited.open(root).copyTo(new ByteArrayOutputStream()))
                .hasMessageContaining("more than 1000 bytes");
        UnixFsReader shallow = new UnixFsReader(blocks, new UnixFsLimits(20, 10, 1000));
        assertThatThrownBy(() -> shallow.open(root).copyTo(new ByteArrayOutputStream()))
                .hasMessageContaining("deeper than 20");
    }

    @Test
    void a_part_that_is_no_file_is_refused() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block folder = put(
                blocks,
                Block.of(
                        Codec.DAG_PB,
                        new PbNode(List.of(), UnixFsData.directory().write()).write()));
        assertEnds(blocks, file(blocks, List.of(folder), List.of(5L)), 0, Kind.MALFORMED);
        ContentException refused =
                catchThrowableOfType(ContentException.class, () -> new UnixFsReader(blocks).open(folder.cid()));
        assertThat(refused.kind()).isEqualTo(Kind.WRONG_TYPE);
    }

    @Test
    void inline_bytes_come_before_those_of_the_links() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block leaf = put(blocks, Block.of(Codec.RAW, new byte[] {3, 4}));
        byte[] data = java.util.HexFormat.of().parseHex("08021202010218042002");
        Block root =
                put(blocks, Block.of(Codec.DAG_PB, new PbNode(List.of(PbLink.named("", leaf.cid(), 2)), data).write()));
        assertThat(read(blocks, root.cid(), 0, 10)).containsExactly(1, 2, 3, 4);
        assertThat(read(blocks, root.cid(), 1, 3)).containsExactly(2, 3);
    }

    private static void assertEnds(BlockSource source, Cid file, int after, Kind kind) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ContentException failure = catchThrowableOfType(
                ContentException.class,
                () -> new UnixFsReader(source).open(file).copyTo(out));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(out.size()).isEqualTo(after);
    }

    private static Cid file(MemoryBlocks blocks, List<Block> parts, List<Long> sizes) {
        List<PbLink> links = new ArrayList<>();
        parts.forEach(part -> links.add(PbLink.named("", part.cid(), part.size())));
        byte[] bytes = new PbNode(links, UnixFsData.file(sizes).write()).write();
        return put(blocks, Block.of(Codec.DAG_PB, bytes)).cid();
    }

    private static Block put(MemoryBlocks blocks, Block block) {
        blocks.accept(block);
        return block;
    }

    private static Added add(byte[] content, dev.pinfold.content.BlockSink sink, UnixFsOptions options)
            throws IOException {
        return FileWriter.add(new ByteArrayInputStream(content), sink, options);
    }

    private static byte[] read(BlockSource source, Cid file, long from, long to) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileReader reader = new UnixFsReader(source).open(file, from, to);
        assertThat(reader.copyTo(out)).isEqualTo(reader.length());
        return out.toByteArray();
    }
}
