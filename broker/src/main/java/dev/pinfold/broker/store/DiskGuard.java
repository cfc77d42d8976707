package dev.pinfold.broker.store;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the free space of the disk the broker writes to, so that new work is refused before PostgreSQL fails.
 *
 * <p>PostgreSQL that cannot write its log stops, and needs space to start again, even for reading. So a ballast file is
 * kept: when the disk was filled in spite of the guard (by another program, say), the ballast is deleted, the server
 * starts, and reading goes on. It is written again when there is plenty of space.
 */
final class DiskGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final long LARGEST_BALLAST = 64L << 20;

    private final Path folder;
    private final Path ballast;
    private final long reserve;
    private final long ballastBytes;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread watcher;
    private volatile long usable = Long.MAX_VALUE;
    private volatile boolean low;

    private DiskGuard(Path folder, long reserve, boolean withBallast) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
        this.reserve = reserve;
        this.ballastBytes = withBallast ? Math.min(reserve / 4, LARGEST_BALLAST) : 0;
        this.watcher = Thread.ofPlatform().daemon().name("pinfold-disk-guard").unstarted(this::watch);
    }

    /**
     * Begins to watch.
     *
     * @param folder an existing folder
     * @param reserve free bytes below which the disk counts as full
     * @param withBallast whether a database server on this disk may need space given back
     */
    static DiskGuard watch(Path folder, long reserve, boolean withBallast) {
        DiskGuard guard = new DiskGuard(folder, reserve, withBallast);
        guard.look();
        guard.watcher.start();
        return guard;
    }

    /** Whether the disk counts as full. */
    boolean low() {
        return low;
    }

    /** Looks at once: a failure may be younger than the last look. */
    boolean lowNow() {
        look();
        return low;
    }

    /** Free bytes at the last look. */
    long usableBytes() {
        return usable;
    }

    /** Throws {@link ErrorKind#INSUFFICIENT_STORAGE} while the disk counts as full. */
    void require() {
        if (low) {
            throw new BrokerException(
                    ErrorKind.INSUFFICIENT_STORAGE,
                    "the broker's disk is nearly full (" + (usable >> 20) + " MiB free, " + (reserve >> 20)
                            + " MiB kept in reserve): nothing new is accepted until the operator frees space");
        }
    }

    /** Gives the ballast back to the disk; tells whether there was any. */
    boolean releaseBallast() {
        try {
            boolean released = Files.deleteIfExists(ballast);
            if (released) {
                LOG.warn(
                        "the disk of {} is full; released {} MiB of ballast for PostgreSQL",
                        folder,
                        ballastBytes >> 20);
            }
            return released;
        } catch (IOException e) {
            LOG.warn("the ballast file {} could not be deleted: {}", ballast, e.toString());
            return false;
        }
    }

    private void watch() {
        try {
            do {
                look();
                keepBallast();
            } while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("the disk guard was interrupted");
        }
    }

    private synchronized void look() {
        // A folder that is gone has no space either; what uses it says why.
        usable = folder.toFile().getUsableSpace();
        // A little more than the reserve is asked for before work is taken again, so that the answer does not flutter.
        boolean now = low ? usable < reserve + reserve / 16 : usable < reserve;
        if (now != low) {
            low = now;
            if (now) {
                LOG.warn("only {} MiB are free in {}: new work is refused, reading goes on", usable >> 20, folder);
            } else {
                LOG.info("{} MiB are free in {} again: new work is taken", usable >> 20, folder);
            }
        }
    }

    private void keepBallast() {
        if (ballastBytes == 0 || low || usable < reserve + 2 * ballastBytes || Files.exists(ballast)) {
            return;
        }
        Path fresh = folder.resolve("ballast.new");
        try (FileChannel file = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] noise = new byte[1 << 20];
            // Noise, because a compressing file system would keep zeros in no space at all.
            RandomGenerator.getDefault().nextBytes(noise);
            for (long written = 0; written < ballastBytes; written += noise.length) {
                ByteBuffer buffer = ByteBuffer.wrap(noise);
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
            }
            file.force(false);
            Files.move(fresh, ballast, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("the ballast was not written: {}", e.toString());
            fresh.toFile().delete();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        watcher.interrupt();
    }
}
