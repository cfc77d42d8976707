package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.TreeWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small UnixFS file as blocks, and CARs of it that are right or wrong in one way. */
final class Blocks {
    final Cid root;
    final byte[] content;
    /** Depth first. */
    final List<Block> inOrder;

    private Blocks(Cid root, byte[] content, List<Block> inOrder) {
        this.root = root;
        this.content = content;
        this.inOrder = inOrder;
    }

    /** A file of random bytes in chunks of 1 KiB under nodes of at most four links. */
    static Blocks file(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        Map<Cid, Block> all = new LinkedHashMap<>();
        try {
            UnixFsOptions small = new UnixFsOptions(1024, 4, 256 << 10, 256);
            Cid root = FileWriter.add(new ByteArrayInputStream(content), block -> all.put(block.cid(), block), small)
                    .cid();
            List<Block> inOrder = new ArrayList<>();
            new dev.pinfold.content.dag.DagWalk(
                            cid -> all.containsKey(cid) ? all.get(cid).bytes() : null,
                            dev.pinfold.content.dag.DagLimits.DEFAULT)
                    .walk(List.of(root), inOrder::add);
            return new Blocks(root, content, List.copyOf(inOrder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of {@link #file} as {@code a/b/c.bin} in directories, with a file beside it in each. */
    static Blocks tree(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        List<Block> all = new ArrayList<>();
        try {
            TreeWriter tree = new TreeWriter(all::add, new UnixFsOptions(1024, 4, 256 << 10, 256));
            tree.addFile("a/b/c.bin", new ByteArrayInputStream(content));
            for (String beside : List.of("a/b/0.txt", "a/z.txt", "0.txt")) {
                tree.addFile(
                        beside, new ByteArrayInputStream(beside.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            }
            return new Blocks(tree.finish().cid(), content, List.copyOf(all));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Block leaf() {
        return inOrder.getLast();
    }

    byte[] car() {
        return car(List.of(root), inOrder);
    }

    static byte[] car(List<Cid> roots, List<Block> blocks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            CarWriter writer = new CarWriter(out, roots);
            for (Block block : blocks) {
                writer.accept(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The bytes of a block, or null. */
    byte @org.jspecify.annotations.Nullable [] find(Cid cid) {
        return inOrder.stream()
                .filter(block -> block.cid().multihash().equals(cid.multihash()))
                .findFirst()
                .map(Block::bytes)
                .orElse(null);
    }
}
