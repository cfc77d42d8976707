package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.Contest.Served;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The answer with which a read begins: the blocks of the path and of what lies at its end, in one CAR ({@link
 * Asking#beginning}). A reader that follows the path takes block after block from it, until it asks for another than the one
 * that comes next; a download of a file goes on with it. It holds a connection, so it is given up when nobody asks for a
 * while. Safe for use by several threads.
 */
final class Beginning {
    private static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Referee referee;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition gone = lock.newCondition();
    private @Nullable Served served;
    private long usedAt;
    private volatile boolean over;

    Beginning(Referee referee) {
        this.referee = referee;
    }

    /** Keeps an answer; one that comes too late is closed. */
    void hold(Served begun) {
        lock.lock();
        try {
            if (over) {
                begun.opened().close();
            } else {
                served = begun;
                usedAt = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next block, if it is this one; null when it is another, or nothing is held. Blocks until it has come. */
    @Nullable
    Served next(Cid cid) {
        lock.lock();
        try {
            Served begun = served;
            CarReader rest = begun == null ? null : begun.opened().rest();
            if (begun == null || rest == null) {
                return null;
            }
            Block block = read(begun, rest);
            usedAt = System.nanoTime();
            boolean right = block != null && block.cid().multihash().equals(cid.multihash());
            if (over || !right) {
                giveUp();
            }
            return block == null || !right ? null : new Served(begun.copy(), Opened.alone(block.under(cid)));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Block read(Served begun, CarReader rest) {
        try {
            return SubtreeStream.next(rest);
        } catch (SourceTrouble e) {
            referee.failed(begun.copy(), e);
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                referee.failed(begun.copy(), SourceTrouble.of(e));
            }
        }
        return null;
    }

    /** Hands the answer over; null when nothing is held, or somebody reads it just now. From here on nothing is held. */
    @Nullable
    Served take() {
        over = true;
        if (!lock.tryLock()) {
            // Whoever reads it closes it.
            return null;
        }
        try {
            Served begun = served;
            served = null;
            gone.signalAll();
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the answer. */
    void giveUp() {
        Served begun = take();
        if (begun != null) {
            begun.opened().close();
        }
    }

    /** Waits until the answer is taken; gives it up when it is not used for a second, or on an interrupt. */
    void watch() throws InterruptedException {
        lock.lock();
        try {
            long rest = UNUSED_NANOS;
            while (!over && rest > 0) {
                gone.awaitNanos(rest);
                rest = UNUSED_NANOS - (System.nanoTime() - usedAt);
            }
        } finally {
            giveUp();
            lock.unlock();
        }
    }
}
