package dev.pinfold.local;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store of pinned DAGs in one folder. One file of blocks (a pack) per upload, holding only what the store did not have;
 * one small record per pin, written last, that names the packs it needs.
 *
 * <p>The folder is opened by the first call that needs it, and again after it was away. A crash between any two steps
 * leaves either the pin whole or no trace of it.
 */
final class PackStore implements AutoCloseable {
    private final StoreFolder folder;
    private final Disk disk;
    private final long capacity;
    private @Nullable Contents contents;
    private boolean closed;

    /**
     * Nothing is touched yet.
     *
     * @param makeParents whether missing folders above may be made
     * @param capacity most bytes of packs
     */
    PackStore(Path folder, boolean makeParents, long capacity, Disk disk) {
        this.folder = new StoreFolder(folder, makeParents, disk);
        this.disk = disk;
        this.capacity = capacity;
    }

    Path path() {
        return folder.path();
    }

    /** Some step on an open store. */
    interface Step<T> {
        T on(Contents contents) throws IOException;
    }

    /** Runs a step on the open store; failures come as {@link ProviderException}. */
    <T> T with(Deadline deadline, Step<T> step) {
        if (deadline.expired()) {
            throw Failures.unavailable("the deadline passed before the store was asked");
        }
        try {
            return step.on(current());
        } catch (ContentException e) {
            throw Failures.invalid(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw Failures.of(folder.path(), e);
        }
    }

    private synchronized Contents current() throws IOException {
        if (closed) {
            throw Failures.unavailable("the store in " + folder.path() + " is closed");
        }
        Contents open = contents;
        if (open != null && stillThere(open)) {
            return open;
        }
        FileChannel lock = folder.open();
        try {
            Contents fresh = new Contents(folder, disk, capacity, lock);
            contents = fresh;
            return fresh;
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /** A folder that is away, or another than before, is read anew when it is back. */
    private boolean stillThere(Contents open) throws IOException {
        boolean same = false;
        try {
            same = open.isCurrent();
        } finally {
            if (!same) {
                forget(open);
            }
        }
        return same;
    }

    /** Makes the next call read the folder anew: what is on the disk is not known any more. */
    synchronized void forget(Contents open) throws IOException {
        open.close();
        if (contents == open) {
            contents = null;
        }
    }

    /** Stores a DAG, or finds that it is stored already. */
    PinRecord put(String key, Cid root, CarSource car, Deadline deadline) {
        return with(deadline, open -> {
            PinRecord before = open.pin(key);
            if (before != null && before.cid().equals(root) && open.flaw(before) == null) {
                return before;
            }
            if (before != null) {
                throw Failures.invalid(
                        "order " + key + " is stored already, with root " + before.cid() + "; unpin it first");
            }
            if (!open.begin(key)) {
                throw Failures.unavailable("order " + key + " is being uploaded already");
            }
            try (Upload upload = new Upload(this, open, folder, disk, key)) {
                return upload.run(root, car, deadline);
            }
        });
    }

    /** Removes a pin; one that is not there is fine. */
    void remove(String key, Cid root, Deadline deadline) {
        Boolean unused = with(deadline, open -> {
            PinRecord pin = open.pin(key);
            if (pin != null && pin.cid().equals(root)) {
                open.remove(pin);
            }
            return true;
        });
    }

    /** The bytes of a block, proven. */
    byte[] block(Cid cid, Deadline deadline) {
        if (cid.multihash().isIdentity()) {
            return cid.multihash().digest();
        }
        return with(deadline, open -> {
            byte[] bytes = open.find(cid, new Verifier());
            if (bytes == null) {
                throw Failures.notFound("block " + cid + " is not in this store");
            }
            return bytes;
        });
    }

    /** Some pins, in the order of their keys. */
    List<PinRecord> pins(@Nullable String after, int most, Deadline deadline) {
        return with(deadline, open -> open.pinsAfter(after, most));
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (contents != null) {
                contents.close();
                contents = null;
            }
        } catch (IOException e) {
            throw Failures.of(folder.path(), e);
        }
    }
}
