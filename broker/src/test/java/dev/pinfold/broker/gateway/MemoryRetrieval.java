package dev.pinfold.broker.gateway;

import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.Retrieval;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Blocks in memory as a retrieval; it can lie, lack blocks, and fail. */
final class MemoryRetrieval implements Retrieval, BlockSink {
    private final Map<Multihash, byte[]> blocks = new ConcurrentHashMap<>();
    private final Map<Multihash, IOException> failures = new ConcurrentHashMap<>();
    private final Map<Multihash, CountDownLatch> held = new ConcurrentHashMap<>();
    private final List<Want> wants = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public void accept(Block block) {
        put(block.cid(), block.bytes());
    }

    /** Keeps bytes under a CID, also wrong ones. */
    void put(Cid cid, byte[] bytes) {
        blocks.put(cid.multihash(), bytes);
    }

    void remove(Cid cid) {
        blocks.remove(cid.multihash());
    }

    byte @Nullable [] bytes(Cid cid) {
        return cid.multihash().isIdentity() ? cid.multihash().digest() : blocks.get(cid.multihash());
    }

    /** Fails from now on when this block is asked for. */
    void fail(Cid cid, IOException failure) {
        failures.put(cid.multihash(), failure);
    }

    /** Gives this block only when the latch is open. */
    void hold(Cid cid, CountDownLatch until) {
        held.put(cid.multihash(), until);
    }

    /** How often a block was asked for. */
    int asked() {
        return asked.get();
    }

    /** Flights that were not closed. */
    int open() {
        return open.get();
    }

    List<Want> wants() {
        return wants;
    }

    /** Takes all blocks of a CAR, proven. */
    List<Cid> load(Path file) {
        try (InputStream in = stream(file)) {
            CarReader car = new CarReader(in);
            for (Block block = car.next(); block != null; block = car.next()) {
                accept(block);
            }
            return car.header().roots();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InputStream stream(Path file) throws IOException {
        InputStream raw = new ByteArrayInputStream(Files.readAllBytes(file));
        return file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
    }

    @Override
    public Flight open(Want want) {
        wants.add(want);
        open.incrementAndGet();
        return new Flight() {
            private boolean closed;

            @Override
            public byte @Nullable [] find(Cid cid) throws IOException {
                asked.incrementAndGet();
                IOException failure = failures.get(cid.multihash());
                if (failure != null) {
                    throw failure;
                }
                CountDownLatch until = held.get(cid.multihash());
                if (until != null) {
                    try {
                        until.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException("interrupted while a block was held back");
                    }
                }
                return blocks.get(cid.multihash());
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
            }
        };
    }

    @Override
    public boolean hasLocally(Cid cid) {
        return bytes(cid) != null;
    }
}
