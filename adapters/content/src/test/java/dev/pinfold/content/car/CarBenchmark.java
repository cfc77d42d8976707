package dev.pinfold.content.car;

import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Reading a proven CAR of 16 MiB, against one SHA-256 of as many bytes on the same machine in the same run.
 *
 * <p>Budget: at least 60 % of the speed of the hash with blocks of 16 KiB and more, on one core. Run it, from the root, on a
 * quiet machine:
 *
 * <pre>{@code
 * mvn -q -pl adapters/content test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -Dmdep.includeScope=test
 * cd adapters/content && java -cp target/test-classes:target/classes:$(cat target/cp) dev.pinfold.content.car.CarBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CarBenchmark {
    private static final int TOTAL = 16 << 20;

    /** Bytes of one block. */
    @Param({"1024", "16384", "262144", "1048576"})
    public int blockSize;

    private byte[] car = new byte[0];
    private final byte[] plain = new byte[TOTAL];

    /** Measures, and prints the ratios. */
    public static void main(String[] args) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(CarBenchmark.class.getSimpleName())
                        .build())
                .run();
        for (String size : List.of("1024", "16384", "262144", "1048576")) {
            double proven = best(results, "provenCar", size);
            double hash = best(results, "hashAlone", size);
            System.out.printf(
                    "blocks of %s bytes: %.0f MiB/s proven, %.0f MiB/s SHA-256 alone, %.2f times%n",
                    size, 16_000 / proven, 16_000 / hash, hash / proven);
        }
    }

    /** The best iteration of all forks: whatever else the machine does only ever makes one slower. */
    private static double best(Collection<RunResult> results, String name, String size) {
        return results.stream()
                .filter(r -> r.getParams().getBenchmark().endsWith("." + name)
                        && r.getParams().getParam("blockSize").equals(size))
                .flatMap(r -> r.getBenchmarkResults().stream())
                .flatMap(r -> r.getIterationResults().stream())
                .mapToDouble(i -> i.getPrimaryResult().getScore())
                .min()
                .orElseThrow();
    }

    /** Fills the inputs. */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        new Random(1).nextBytes(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream(TOTAL + TOTAL / 8);
        CarWriter writer = new CarWriter(out, List.of());
        Random random = new Random(2);
        for (int at = 0; at < TOTAL; at += blockSize) {
            byte[] bytes = new byte[blockSize];
            random.nextBytes(bytes);
            writer.accept(Block.of(Codec.RAW, bytes));
        }
        car = out.toByteArray();
    }

    /** Every block of the CAR, proven. */
    @Benchmark
    public long provenCar() throws IOException {
        CarReader reader = new CarReader(new ByteArrayInputStream(car));
        long bytes = 0;
        for (Block block = reader.next(); block != null; block = reader.next()) {
            bytes += block.size();
        }
        if (bytes != TOTAL) {
            throw new IOException("only " + bytes + " bytes came");
        }
        return bytes;
    }

    /** One big hash, the fastest way there is. */
    @Benchmark
    public byte[] hashAlone() throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(plain);
    }
}
