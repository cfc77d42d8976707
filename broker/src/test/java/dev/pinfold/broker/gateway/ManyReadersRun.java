package dev.pinfold.broker.gateway;

import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.Retrieval;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * As many readers as the argument says, each of a file of its own, all at once, through one gateway. Blocks are made again
 * whenever they are asked for, so that what is in memory is what the gateway holds. Prints {@code read N right}.
 */
final class ManyReadersRun implements Retrieval {
    private static final int BLOCK = 1 << 20;
    private static final int SIZE = 2 * BLOCK;

    private final Map<Multihash, int[]> leaves = new HashMap<>();
    private final Map<Multihash, byte[]> nodes = new HashMap<>();
    private final List<Cid> files = new ArrayList<>();
    private final List<byte[]> hashes = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        int readers = Integer.parseInt(arguments[0]);
        ManyReadersRun run = new ManyReadersRun();
        for (int i = 0; i < readers; i++) {
            run.add(i);
        }
        int right = 0;
        try (TestGateway gateway = TestGateway.over(run);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch all = new CountDownLatch(readers);
            List<Future<Boolean>> reading = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                int mine = i;
                reading.add(threads.submit(() -> run.read(gateway, mine, all)));
            }
            for (Future<Boolean> one : reading) {
                right += one.get() ? 1 : 0;
            }
        }
        System.out.println("read " + right + " right");
        System.exit(0);
    }

    private static byte[] bytes(int file) {
        return Tree.bytes(SIZE, file);
    }

    private void add(int file) throws IOException {
        byte[] bytes = bytes(file);
        int[] next = {0};
        UnixFsOptions large = new UnixFsOptions(BLOCK, 174, 256 << 10, 256);
        files.add(FileWriter.add(new ByteArrayInputStream(bytes), block -> keep(block, file, next), large)
                .cid());
        hashes.add(Multihash.sha256(bytes).digest());
    }

    private void keep(Block block, int file, int[] next) {
        if (block.cid().codec() == Codec.RAW) {
            leaves.put(block.cid().multihash(), new int[] {file, next[0]});
            next[0] += block.size();
        } else {
            nodes.put(block.cid().multihash(), block.bytes());
        }
    }

    private boolean read(TestGateway gateway, int file, CountDownLatch all) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) URI.create(gateway.endpoint() + "/ipfs/" + files.get(file))
                .toURL()
                .openConnection();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] part = new byte[1024];
        try (InputStream in = new DigestInputStream(connection.getInputStream(), digest)) {
            int first = in.read(part);
            // Nobody goes on before everybody has begun.
            all.countDown();
            all.await();
            for (int read = first; read >= 0; read = in.read(part)) {
                Thread.onSpinWait();
            }
        }
        return MessageDigest.isEqual(digest.digest(), hashes.get(file));
    }

    @Override
    public Flight open(Want want) {
        return new Flight() {
            @Override
            public byte @Nullable [] find(Cid cid) {
                int[] leaf = leaves.get(cid.multihash());
                if (leaf == null) {
                    return nodes.get(cid.multihash());
                }
                byte[] whole = bytes(leaf[0]);
                return Arrays.copyOfRange(whole, leaf[1], leaf[1] + BLOCK);
            }

            @Override
            public void close() {}
        };
    }
}
