package dev.pinfold.content.unixfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of 4 GiB becomes a CAR, and is read back and proven, in a heap of 256 MiB.
 *
 * <p>Only with {@code -Dpinfold.thorough=true}; {@code -Dtest.jvmArgs=-Xmx256m} sets the heap, and
 * {@code -Dpinfold.large.bytes=N} another size. Needs as much disk as the file has bytes.
 */
class FourGigabytesTest {
    private static final long SIZE = Long.getLong("pinfold.large.bytes", 4L << 30);

    @Test
    void a_large_file_becomes_a_car_and_comes_back_proven_in_a_small_heap(@TempDir Path folder) throws Exception {
        boolean thorough = Boolean.getBoolean("pinfold.thorough");
        if (!thorough) {
            System.out.println("Skipped: takes minutes and gigabytes; run it with -Dpinfold.thorough=true");
        }
        assumeTrue(thorough, "takes minutes and gigabytes (-Dpinfold.thorough=true)");
        assertThat(Runtime.getRuntime().maxMemory())
                .as("this proof needs -Dtest.jvmArgs=-Xmx256m")
                .isLessThanOrEqualTo(256L << 20);
        Path car = folder.resolve("large.car");
        MessageDigest given = MessageDigest.getInstance("SHA-256");

        long start = System.nanoTime();
        Added root = write(car, given);
        report("chunked, hashed and written", start, SIZE);
        assertThat(root.fileSize()).isEqualTo(SIZE);

        start = System.nanoTime();
        Map<Multihash, long[]> index = verify(car, root.cid());
        report("read back, every block proven", start, Files.size(car));

        try (RandomAccessFile file = new RandomAccessFile(car.toFile(), "r")) {
            BlockSource source = source(file, index);
            assertThat(new DagWalk(source, DagLimits.DEFAULT)
                            .missing(List.of(root.cid()), cid -> index.containsKey(cid.multihash()), 1))
                    .isEmpty();
            start = System.nanoTime();
            MessageDigest got = MessageDigest.getInstance("SHA-256");
            long copied = new UnixFsReader(source)
                    .open(root.cid())
                    .copyTo(new DigestOutputStream(OutputStream.nullOutputStream(), got));
            report("read as a file, proven again and compared", start, copied);
            assertThat(copied).isEqualTo(SIZE);
            assertThat(got.digest()).isEqualTo(given.digest());
        }
        System.out.printf(
                "root %s, %d blocks, heap limit %d MiB%n",
                root.cid(), index.size(), Runtime.getRuntime().maxMemory() >> 20);
    }

    /** Writes the blocks as they are made, then the true root over the stand-in in the header. */
    private static Added write(Path car, MessageDigest digest) throws IOException {
        Cid standIn = Cid.of(Codec.DAG_PB, new byte[0]);
        Added root;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), 1 << 20)) {
            CarWriter writer = new CarWriter(out, List.of(standIn));
            root = FileWriter.add(new DigestInputStream(new Noise(SIZE), digest), writer, UnixFsOptions.DEFAULT);
        }
        try (RandomAccessFile file = new RandomAccessFile(car.toFile(), "rw")) {
            file.write(CarHeader.of(List.of(root.cid())).bytes());
        }
        return root;
    }

    private static Map<Multihash, long[]> verify(Path car, Cid root) throws IOException {
        Map<Multihash, long[]> index = new HashMap<>();
        try (InputStream in = Files.newInputStream(car)) {
            CarReader reader = new CarReader(in);
            assertThat(reader.header().roots()).containsExactly(root);
            for (Block block = reader.next(); block != null; block = reader.next()) {
                index.put(block.cid().multihash(), new long[] {reader.position() - block.size(), block.size()});
            }
        }
        return index;
    }

    private static BlockSource source(RandomAccessFile file, Map<Multihash, long[]> index) {
        return cid -> {
            long[] place = index.get(cid.multihash());
            if (place == null) {
                return null;
            }
            byte[] bytes = new byte[(int) place[1]];
            file.seek(place[0]);
            file.readFully(bytes);
            return bytes;
        };
    }

    private static void report(String what, long start, long bytes) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%s: %d bytes in %.1f s, %.0f MiB/s%n", what, bytes, seconds, bytes / seconds / (1 << 20));
    }

    /** The same bytes each time, none repeated. */
    private static final class Noise extends InputStream {
        private final SplittableRandom random = new SplittableRandom(20_260_101);
        private long left;

        Noise(long size) {
            left = size;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int take = (int) Math.min(length, left);
            byte[] noise = new byte[take];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, target, offset, take);
            left -= take;
            return take;
        }
    }
}
