package dev.pinfold.content.car;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.content.Block;
import dev.pinfold.content.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reading a proven CAR costs little more than its hashes: figures with {@code -Dpinfold.thorough=true}.
 *
 * <p>Both rates are measured in turns in the same run, so that a busy machine slows both; the best turn of each counts.
 */
class CarSpeedTest {
    private static final int TOTAL = 16 << 20;
    private static final int TURNS = 40;

    @ParameterizedTest
    @CsvSource({"262144, 60", "1048576, 60", "16384, 60", "1024, 20"})
    void a_proven_car_is_read_at_most_of_the_speed_of_its_hash(int blockSize, int leastPercent) throws Exception {
        boolean thorough = Boolean.getBoolean("pinfold.thorough");
        if (!thorough) {
            System.out.println("Skipped: measures speed; run it alone with -Dpinfold.thorough=true");
        }
        assumeTrue(thorough, "measures speed (-Dpinfold.thorough=true)");
        byte[] car = car(blockSize);
        byte[] plain = new byte[TOTAL];
        new Random(1).nextBytes(plain);
        long bestRead = Long.MAX_VALUE;
        long bestHash = Long.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            bestRead = Math.min(bestRead, read(car));
            bestHash = Math.min(bestHash, hash(plain));
        }
        long percent = bestHash * 100 / bestRead;
        System.out.printf(
                "blocks of %d bytes: %d MiB/s proven, %d MiB/s SHA-256 alone, %d %%%n",
                blockSize, rate(bestRead), rate(bestHash), percent);
        assertThat(percent).isGreaterThanOrEqualTo(leastPercent);
    }

    private static long rate(long nanos) {
        return (TOTAL >> 20) * 1_000_000_000L / nanos;
    }

    private static long read(byte[] car) throws IOException {
        long start = System.nanoTime();
        CarReader reader = new CarReader(new ByteArrayInputStream(car));
        long bytes = 0;
        for (Block block = reader.next(); block != null; block = reader.next()) {
            bytes += block.size();
        }
        assertThat(bytes).isEqualTo(TOTAL);
        return System.nanoTime() - start;
    }

    /** One big hash, the fastest way there is. */
    private static long hash(byte[] plain) throws Exception {
        long start = System.nanoTime();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain);
        assertThat(digest).hasSize(32);
        return System.nanoTime() - start;
    }

    private static byte[] car(int blockSize) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(TOTAL + TOTAL / 8);
        CarWriter writer = new CarWriter(out, List.of());
        Random random = new Random(2);
        for (int at = 0; at < TOTAL; at += blockSize) {
            byte[] bytes = new byte[blockSize];
            random.nextBytes(bytes);
            writer.accept(Block.of(Codec.RAW, bytes));
        }
        return out.toByteArray();
    }
}
