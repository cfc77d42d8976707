package dev.pinfold.content.dag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.MemoryBlocks;
import dev.pinfold.content.dag.DagFrontier.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DagWalkTest {
    @Property
    void a_walk_gives_each_block_once_and_the_frontier_accepts_exactly_that_order(@ForAll long seed)
            throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Cid root = randomDag(new Random(seed), blocks);
        List<Block> order = walk(blocks, root);
        assertThat(order).doesNotHaveDuplicates().hasSize(blocks.count());
        assertThat(order.getFirst().cid()).isEqualTo(root);
        DagFrontier frontier = new DagFrontier(List.of(root), DagLimits.DEFAULT, false);
        for (Block block : order) {
            assertThat(frontier.complete()).isFalse();
            assertThat(frontier.accept(block)).isEqualTo(Verdict.WANTED);
        }
        assertThat(frontier.complete()).isTrue();
        frontier.requireComplete();
    }

    @Property
    void a_missing_block_is_found_and_nothing_above_it_is_called_missing(@ForAll long seed, @ForAll @IntRange int which)
            throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Cid root = randomDag(new Random(seed), blocks);
        List<Block> order = walk(blocks, root);
        Cid gone = order.get(Math.floorMod(which, order.size())).cid();
        blocks.remove(gone);
        DagWalk walk = new DagWalk(blocks, DagLimits.DEFAULT);
        assertThat(walk.missing(List.of(root), blocks::has, 10)).containsExactly(gone);
        assertThat(catchThrowableOfType(ContentException.class, () -> walk.walk(List.of(root), block -> {}))
                        .kind())
                .isEqualTo(Kind.INCOMPLETE);
        DagFrontier frontier = new DagFrontier(List.of(root), DagLimits.DEFAULT, false);
        for (Block block : order.subList(0, order.indexOf(order.get(Math.floorMod(which, order.size()))))) {
            frontier.accept(block);
        }
        assertThat(frontier.expected()).isEqualTo(gone);
        assertThatThrownBy(frontier::requireComplete).hasMessageContaining(gone.toString());
    }

    @Test
    void blocks_nobody_asked_for_are_dropped_up_to_a_budget() {
        Block root = Block.of(Codec.RAW, new byte[] {1});
        DagFrontier frontier = new DagFrontier(List.of(root.cid()), DagLimits.DEFAULT, false);
        for (int i = 0; i < DagFrontier.WASTE_BLOCKS; i++) {
            assertThat(frontier.accept(Block.of(Codec.RAW, new byte[] {2, (byte) i})))
                    .isEqualTo(Verdict.EXTRA);
        }
        Block last = Block.of(Codec.RAW, new byte[] {3});
        assertThat(catchThrowableOfType(ContentException.class, () -> frontier.accept(last))
                        .kind())
                .isEqualTo(Kind.UNEXPECTED);
        DagFrontier byBytes = new DagFrontier(List.of(root.cid()), DagLimits.DEFAULT, false);
        byBytes.accept(Block.of(Codec.RAW, new byte[2 << 20]));
        byte[] other = new byte[2 << 20];
        other[0] = 1;
        byBytes.accept(Block.of(Codec.RAW, other));
        assertThat(catchThrowableOfType(ContentException.class, () -> byBytes.accept(last))
                        .kind())
                .isEqualTo(Kind.UNEXPECTED);
    }

    @Test
    void repeated_blocks_are_fine_when_agreed_and_still_counted() {
        Block leaf = Block.of(Codec.RAW, new byte[] {1});
        Block root = node(List.of(leaf.cid(), leaf.cid(), leaf.cid()));
        DagFrontier frontier = new DagFrontier(List.of(root.cid()), DagLimits.DEFAULT.withSize(100, 1 << 20), true);
        assertThat(frontier.accept(root)).isEqualTo(Verdict.WANTED);
        assertThat(frontier.accept(leaf)).isEqualTo(Verdict.WANTED);
        assertThat(frontier.complete()).isTrue();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 200; i++) {
                        assertThat(frontier.accept(leaf)).isEqualTo(Verdict.DUPLICATE);
                    }
                })
                .hasMessageContaining("more than 100 blocks");
    }

    @Test
    void identity_links_are_walked_into_and_never_waited_for() throws IOException {
        Block leaf = Block.of(Codec.RAW, new byte[] {7});
        byte[] inner = node(List.of(leaf.cid())).bytes();
        Cid inline = Cid.v1(
                Codec.DAG_PB, dev.pinfold.content.Multihash.of(dev.pinfold.content.HashFunction.IDENTITY, inner));
        Block root = node(List.of(inline));
        DagFrontier frontier = new DagFrontier(List.of(root.cid()), DagLimits.DEFAULT, false);
        frontier.accept(root);
        assertThat(frontier.expected()).isEqualTo(leaf.cid());
        MemoryBlocks blocks = new MemoryBlocks();
        blocks.accept(root);
        assertThat(new DagWalk(blocks, DagLimits.DEFAULT).missing(List.of(root.cid()), blocks::has, 5))
                .containsExactly(leaf.cid());
    }

    @Test
    void a_cidv0_link_is_satisfied_by_a_block_labelled_with_cidv1_and_read_as_the_link_says() {
        Block leaf = Block.of(Codec.RAW, new byte[] {7});
        Block inner = node(List.of(leaf.cid()));
        Block root = node(List.of(Cid.v0(inner.cid().multihash())));
        DagFrontier frontier = new DagFrontier(List.of(root.cid()), DagLimits.DEFAULT, false);
        frontier.accept(root);
        // Labelled raw, the node would seem to have no links.
        Block relabelled = Block.verified(Cid.v1(Codec.RAW, inner.cid().multihash()), inner.bytes());
        assertThat(frontier.accept(relabelled)).isEqualTo(Verdict.WANTED);
        assertThat(frontier.expected()).isEqualTo(leaf.cid());
    }

    @Test
    void a_chain_of_any_length_is_walked_and_a_comb_ends_at_the_depth_limit() throws IOException {
        MemoryBlocks blocks = new MemoryBlocks();
        Block chain = Block.of(Codec.RAW, new byte[] {1});
        Block comb = chain;
        blocks.accept(chain);
        for (int i = 0; i < 5000; i++) {
            chain = node(List.of(chain.cid()));
            blocks.accept(chain);
            Block tooth = Block.of(Codec.RAW, ByteBuffer.allocate(4).putInt(i).array());
            blocks.accept(tooth);
            comb = node(List.of(comb.cid(), tooth.cid()));
            blocks.accept(comb);
        }
        assertThat(walk(blocks, chain.cid())).hasSize(5001);
        Cid top = comb.cid();
        assertThatThrownBy(() -> walk(blocks, top)).hasMessageContaining("deeper than 1024");
    }

    @Test
    void walks_end_at_their_size_limits() {
        MemoryBlocks blocks = new MemoryBlocks();
        Cid root = randomDag(new Random(3), blocks);
        DagWalk few = new DagWalk(blocks, DagLimits.DEFAULT.withSize(2, 1 << 20));
        assertThatThrownBy(() -> few.walk(List.of(root), block -> {})).hasMessageContaining("more than 2 blocks");
        DagWalk small = new DagWalk(blocks, DagLimits.DEFAULT.withSize(1000, 50));
        assertThatThrownBy(() -> small.walk(List.of(root), block -> {})).hasMessageContaining("more than 50 bytes");
    }

    @Property
    void the_digest_set_remembers_what_a_set_remembers(@ForAll long seed) {
        Random random = new Random(seed);
        DigestSet compact = new DigestSet();
        Set<Integer> plain = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            int value = random.nextInt(2000);
            var hash = dev.pinfold.content.Multihash.sha256(
                    ByteBuffer.allocate(4).putInt(value).array());
            assertThat(compact.contains(hash)).isEqualTo(plain.contains(value));
            assertThat(compact.add(hash)).isEqualTo(plain.add(value));
        }
    }

    private static List<Block> walk(MemoryBlocks blocks, Cid root) throws IOException {
        List<Block> order = new ArrayList<>();
        new DagWalk(blocks, DagLimits.DEFAULT).walk(List.of(root), order::add);
        return order;
    }

    private static Block node(List<Cid> links) {
        List<PbLink> named = links.stream().map(cid -> PbLink.named("", cid, 1)).toList();
        return Block.of(Codec.DAG_PB, new PbNode(named, new byte[] {8, 1}).write());
    }

    /** A DAG in which every block is reachable, with shared children. */
    private static Cid randomDag(Random random, MemoryBlocks blocks) {
        List<Cid> tops = new ArrayList<>();
        for (int i = 0; i < 5 + random.nextInt(10); i++) {
            Block leaf = Block.of(
                    Codec.RAW, ByteBuffer.allocate(8).putLong(random.nextLong()).array());
            blocks.accept(leaf);
            tops.add(leaf.cid());
        }
        List<Cid> all = new ArrayList<>(tops);
        while (tops.size() > 1) {
            Collections.shuffle(tops, random);
            List<Cid> children = new ArrayList<>(tops.subList(0, Math.min(tops.size(), 2 + random.nextInt(3))));
            tops.removeAll(children);
            children.add(all.get(random.nextInt(all.size())));
            Block node = node(children);
            blocks.accept(node);
            tops.add(node.cid());
            all.add(node.cid());
        }
        return tops.getFirst();
    }
}
