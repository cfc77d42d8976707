package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a CAR of a file as an old Lotus imports it: chunks of 1 MiB, 1024 links, BLAKE2b-256. A CAR that is imported this
 * way becomes an opaque file under another root. Source: filecoin.md section 2.4.
 */
final class LotusFile {
    private static final int CHUNK = 1 << 20;
    private static final int LINKS = 1_024;

    private final CarWriter car;
    private final Hasher hasher = Hasher.of(HashFunction.BLAKE2B_256);

    private record Part(Cid cid, long fileSize, long dagSize) {}

    private LotusFile(CarWriter car) {
        this.car = car;
    }

    /** Writes the CAR and returns its root. */
    static Cid write(InputStream in, Path target) throws IOException {
        Cid standIn = Block.of(Codec.RAW, new byte[0], Hasher.of(HashFunction.BLAKE2B_256))
                .cid();
        Cid root;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
            root = new LotusFile(new CarWriter(out, List.of(standIn))).parts(in);
        }
        try (RandomAccessFile open = new RandomAccessFile(target.toFile(), "rw")) {
            // All CIDs made here have the same length, so the header can be written over.
            open.write(CarHeader.of(List.of(root)).bytes());
        }
        return root;
    }

    private Cid parts(InputStream in) throws IOException {
        List<Part> level = new ArrayList<>();
        byte[] chunk = in.readNBytes(CHUNK);
        do {
            level.add(put(Codec.RAW, chunk, chunk.length, chunk.length));
            chunk = in.readNBytes(CHUNK);
        } while (chunk.length > 0);
        while (level.size() > 1) {
            List<Part> parents = new ArrayList<>();
            for (int from = 0; from < level.size(); from += LINKS) {
                parents.add(parent(level.subList(from, Math.min(level.size(), from + LINKS))));
            }
            level = parents;
        }
        return level.getFirst().cid();
    }

    private Part parent(List<Part> children) throws IOException {
        long fileSize = children.stream().mapToLong(Part::fileSize).sum();
        long below = children.stream().mapToLong(Part::dagSize).sum();
        ByteArrayOutputStream unixFs = new ByteArrayOutputStream();
        unixFs.writeBytes(new byte[] {0x08, 2, 0x18});
        unixFs.writeBytes(Varint.encode(fileSize));
        List<PbLink> links = new ArrayList<>();
        for (Part child : children) {
            unixFs.write(0x20);
            unixFs.writeBytes(Varint.encode(child.fileSize()));
            links.add(PbLink.named("", child.cid(), child.dagSize()));
        }
        byte[] node = new PbNode(links, unixFs.toByteArray()).write();
        return put(Codec.DAG_PB, node, fileSize, below + node.length);
    }

    private Part put(long codec, byte[] bytes, long fileSize, long dagSize) throws IOException {
        Block block = Block.of(codec, bytes, hasher);
        car.accept(block);
        return new Part(block.cid(), fileSize, dagSize);
    }
}
