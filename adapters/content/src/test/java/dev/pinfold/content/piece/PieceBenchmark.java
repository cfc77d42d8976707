package dev.pinfold.content.piece;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Time per node of a piece's tree, against what the hash alone costs on the same machine in the same run.
 *
 * <p>A node is SHA-256 of 64 bytes, which takes two compressions: the bytes, and their padding. The limit is therefore the
 * time that one large message needs for 128 bytes. Budget: at least 60 % of it on one core, and two cores at least 1.7
 * times as fast as one. Run it, from the root, on a quiet machine:
 *
 * <pre>{@code
 * mvn -q -pl adapters/content test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -Dmdep.includeScope=test
 * cd adapters/content && java -cp target/test-classes:target/classes:$(cat target/cp) dev.pinfold.content.piece.PieceBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class PieceBenchmark {
    private static final int SUBTREES = 32;
    /** One node per 32 padded bytes. */
    private static final int NODES = SUBTREES << 15;

    private byte[] payload = new byte[0];
    private byte[] nodes = new byte[0];
    private byte[] large = new byte[0];
    private final byte[] out = new byte[Node.BYTES];
    private ExecutorService helpers = Executors.newSingleThreadExecutor();

    /** Measures, and prints the two ratios. */
    public static void main(String[] args) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(PieceBenchmark.class.getSimpleName())
                        .build())
                .run();
        double limit = best(results, "limit");
        double one = best(results, "oneCore");
        double two = best(results, "twoCores");
        System.out.printf("limit %.1f ns per node, that is %.0f MB/s of payload%n", limit, 31_750 / limit);
        System.out.printf("one core %.0f MB/s, %.0f %% of the limit%n", 31_750 / one, 100 * limit / one);
        System.out.printf("two cores %.0f MB/s, %.2f times one%n", 31_750 / two, one / two);
    }

    /** The best iteration of all forks: whatever else the machine does only ever makes one slower. */
    private static double best(Collection<RunResult> results, String name) {
        return results.stream()
                .filter(r -> r.getParams().getBenchmark().endsWith("." + name))
                .flatMap(r -> r.getBenchmarkResults().stream())
                .flatMap(r -> r.getIterationResults().stream())
                .mapToDouble(i -> i.getPrimaryResult().getScore())
                .min()
                .orElseThrow();
    }

    /** Fills the inputs. */
    @Setup(Level.Trial)
    public void setUp() {
        payload = new byte[SUBTREES * PieceHasher.SUBTREE];
        new Random(1).nextBytes(payload);
        nodes = new byte[8192];
        large = new byte[16 << 20];
        new Random(2).nextBytes(nodes);
        helpers = Executors.newFixedThreadPool(2);
    }

    /** Ends the threads. */
    @TearDown(Level.Trial)
    public void tearDown() {
        helpers.shutdown();
    }

    /** The time that 128 bytes of one large message take. */
    @Benchmark
    @OperationsPerInvocation(16 << 20 >> 7)
    public byte[] limit() throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(large);
    }

    /** SHA-256 of 64 bytes, again and again, by the JDK's own means. */
    @Benchmark
    @OperationsPerInvocation(128)
    public byte[] plainNodes() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int at = 0; at < nodes.length; at += 64) {
            plain(digest, at);
        }
        return out;
    }

    private void plain(MessageDigest digest, int at) throws DigestException {
        digest.update(nodes, at, 64);
        digest.digest(out, 0, 32);
    }

    /** A piece, all in the calling thread. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Piece oneCore() {
        return piece(PieceHasher.sequential());
    }

    /** A piece, with two threads that help. */
    @Benchmark
    @OperationsPerInvocation(NODES)
    public Piece twoCores() {
        return piece(PieceHasher.parallel(helpers, 4));
    }

    private Piece piece(PieceHasher hasher) {
        for (int at = 0; at < payload.length; at += 65_536) {
            hasher.update(payload, at, Math.min(65_536, payload.length - at));
        }
        return hasher.finish();
    }
}
