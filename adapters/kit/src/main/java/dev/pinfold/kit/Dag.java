package dev.pinfold.kit;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Varint;
import dev.pinfold.spi.CarSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Some content for tests: a root and every block below it, in depth-first order, root first. The blocks are made here by
 * hand, so a test that moves them is not checked by the code that it tests.
 *
 * @param root the root's CID
 * @param blocks all blocks, the root's first
 */
public record Dag(Cid root, List<Block> blocks) {
    public Dag {
        blocks = List.copyOf(blocks);
    }

    /** One raw block that holds this text. */
    public static Dag text(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** One raw block. */
    public static Dag raw(byte[] bytes) {
        Block block = Block.of(Codec.RAW, bytes);
        return new Dag(block.cid(), List.of(block));
    }

    /** A UnixFS file of this many raw leaves with random bytes; the same seed gives the same file. */
    public static Dag file(long seed, int leaves, int leafBytes) {
        Random random = new Random(seed);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < leaves; i++) {
            byte[] bytes = new byte[leafBytes];
            random.nextBytes(bytes);
            blocks.add(Block.of(Codec.RAW, bytes));
        }
        Block root = Block.of(Codec.DAG_PB, fileNode(blocks));
        blocks.addFirst(root);
        return new Dag(root.cid(), blocks);
    }

    /**
     * The DAG in a CARv1 with one root, every block proven; identical blocks come once.
     *
     * @throws IllegalArgumentException it is no such CAR
     */
    public static Dag readCar(byte[] car) {
        List<Block> found = new ArrayList<>();
        long headerLength = Varint.read(car, 0, car.length, "header length");
        int at = Varint.size(headerLength) + Math.toIntExact(headerLength);
        while (at < car.length) {
            long length = Varint.read(car, at, car.length, "section length");
            at += Varint.size(length);
            int end = at + Math.toIntExact(length);
            Cid cid = Cid.readPrefix(car, at, end);
            Block block = Block.verified(cid, Arrays.copyOfRange(car, at + cid.size(), end));
            if (!found.contains(block)) {
                found.add(block);
            }
            at = end;
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("the CAR holds no block");
        }
        return new Dag(found.getFirst().cid(), found);
    }

    /** Total size of the blocks. */
    public long sizeBytes() {
        return blocks.stream().mapToLong(Block::size).sum();
    }

    /** The whole DAG as a CARv1. */
    public byte[] car() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // {"roots": [42(h'00' + cid)], "version": 1} in canonical CBOR.
        byte[] cid = root.bytes();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {(byte) 0xa2, 0x65, 'r', 'o', 'o', 't', 's', (byte) 0x81, (byte) 0xd8, 0x2a});
        header.writeBytes(new byte[] {0x58, (byte) (cid.length + 1), 0});
        header.writeBytes(cid);
        header.writeBytes(new byte[] {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 1});
        writeSection(out, header.toByteArray(), new byte[0]);
        blocks.forEach(block -> writeSection(out, block.cid().bytes(), block.bytes()));
        return out.toByteArray();
    }

    /** The whole DAG as a source that adapters upload from. */
    public CarSource carSource() {
        byte[] car = car();
        Cid carRoot = root;
        return new CarSource() {
            @Override
            public Cid root() {
                return carRoot;
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

    private static void writeSection(ByteArrayOutputStream out, byte[] first, byte[] second) {
        out.writeBytes(varint(first.length + second.length));
        out.writeBytes(first);
        out.writeBytes(second);
    }

    private static byte[] fileNode(List<Block> leaves) {
        ByteArrayOutputStream unixFs = new ByteArrayOutputStream();
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        long size = 0;
        unixFs.writeBytes(new byte[] {0x08, 2});
        for (Block leaf : leaves) {
            size += leaf.size();
        }
        unixFs.write(0x18);
        unixFs.writeBytes(varint(size));
        for (Block leaf : leaves) {
            unixFs.write(0x20);
            unixFs.writeBytes(varint(leaf.size()));
            ByteArrayOutputStream link = new ByteArrayOutputStream();
            field(link, 0x0a, leaf.cid().bytes());
            field(link, 0x12, new byte[0]);
            link.write(0x18);
            link.writeBytes(varint(leaf.size()));
            field(node, 0x12, link.toByteArray());
        }
        field(node, 0x0a, unixFs.toByteArray());
        return node.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int tag, byte[] bytes) {
        out.write(tag);
        out.writeBytes(varint(bytes.length));
        out.writeBytes(bytes);
    }

    private static byte[] varint(long number) {
        byte[] bytes = new byte[Varint.size(number)];
        Varint.write(number, bytes, 0);
        return bytes;
    }
}
