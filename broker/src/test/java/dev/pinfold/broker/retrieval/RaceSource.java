package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.FetchAttempt.Kind;
import dev.pinfold.broker.retrieval.FetchAttempt.Outcome;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.Links;
import dev.pinfold.content.unixfs.DagSelection;
import dev.pinfold.content.unixfs.Extent;
import dev.pinfold.content.unixfs.PathWalk;
import dev.pinfold.content.unixfs.UnixFsLimits;
import dev.pinfold.spi.Deadline;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A source in this process that serves some content as a test says, and counts. */
final class RaceSource implements FetchSource {
    private final String name;
    private final Blocks dag;
    final List<String> asked = new CopyOnWriteArrayList<>();
    final AtomicLong sent = new AtomicLong();
    final AtomicInteger open = new AtomicInteger();
    /** Bytes after which every stream breaks. */
    volatile long cutAfter = Long.MAX_VALUE;
    /** Bytes after which every stream ends as if it were whole. */
    volatile long endAfter = Long.MAX_VALUE;
    /** The byte of every stream that is turned; negative for none. */
    volatile long lieAt = -1;

    /** Bytes after which every stream stands still until {@link #goesOn}. */
    volatile long stallAfter = Long.MAX_VALUE;

    final CountDownLatch stalls = new CountDownLatch(1);
    final CountDownLatch goesOn = new CountDownLatch(1);

    /** So many requests are served; then it is dead. */
    volatile int diesAfter = Integer.MAX_VALUE;

    volatile boolean dead;
    volatile boolean lacks;
    volatile boolean parts = true;
    /** So many chunks at most are in its parts of files, which end cleanly without the others. */
    volatile int chunksInPart = Integer.MAX_VALUE;

    volatile boolean cars = true;
    volatile CountDownLatch gate = new CountDownLatch(0);

    RaceSource(String name, Blocks dag) {
        this.name = name;
        this.dag = dag;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kind kind() {
        return Kind.HOLDER;
    }

    @Override
    public boolean servesCars() {
        return cars;
    }

    @Override
    public boolean servesBlocks() {
        return true;
    }

    @Override
    public boolean servesParts() {
        return parts;
    }

    private void arrive(String request) throws SourceTrouble {
        asked.add(request);
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new SourceTrouble(Outcome.UNREACHABLE, "interrupted");
        }
        if (dead || asked.size() > diesAfter) {
            throw new SourceTrouble(Outcome.UNREACHABLE, "connection refused");
        }
        if (lacks) {
            throw new SourceTrouble(Outcome.NOT_FOUND, "not here");
        }
    }

    @Override
    public InputStream car(Cid cid, Deadline deadline) throws SourceTrouble {
        arrive("car " + cid);
        List<Block> blocks = new ArrayList<>();
        below(cid, blocks);
        return stream(Blocks.car(List.of(cid), blocks));
    }

    private void below(Cid cid, List<Block> into) {
        byte[] bytes = dag.find(cid);
        if (bytes != null) {
            into.add(Block.verified(cid, bytes));
            Links.of(cid, bytes).forEach(link -> below(link, into));
        }
    }

    @Override
    public InputStream part(Cid root, String path, long from, long to, Deadline deadline) throws SourceTrouble {
        String at = path.isEmpty() ? "" : "/" + path + " ";
        arrive("part " + at + from + ":" + (to == Long.MAX_VALUE ? "*" : to));
        List<Block> blocks = new ArrayList<>();
        BlockSource noting = cid -> {
            byte[] bytes = dag.find(cid);
            if (bytes != null && blocks.stream().noneMatch(block -> block.cid().equals(cid))) {
                blocks.add(Block.verified(cid, bytes));
            }
            return bytes;
        };
        try {
            List<String> names = path.isEmpty() ? List.of() : List.of(path.split("/"));
            Cid file = new PathWalk(noting, UnixFsLimits.DEFAULT)
                    .follow(root, names)
                    .target();
            OptionalLong last = to == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(to);
            DagSelection selection =
                    new DagSelection(dag::find, file, new Extent.Bytes(from, last), DagLimits.DEFAULT, false);
            for (Block block = selection.next(); block != null; block = selection.next()) {
                if (!Links.none(block.cid().codec()) || chunks(blocks) < chunksInPart) {
                    blocks.add(block);
                }
            }
        } catch (IOException | ContentException e) {
            throw new SourceTrouble(Outcome.NOT_FOUND, "no such path");
        }
        return stream(Blocks.car(List.of(root), blocks));
    }

    private static long chunks(List<Block> blocks) {
        return blocks.stream().filter(block -> Links.none(block.cid().codec())).count();
    }

    @Override
    public byte[] block(Cid cid, Deadline deadline) throws SourceTrouble {
        arrive("block " + cid);
        byte[] bytes = dag.find(cid);
        if (bytes == null) {
            throw new SourceTrouble(Outcome.NOT_FOUND, "no block " + cid);
        }
        sent.addAndGet(bytes.length);
        byte[] given = bytes.clone();
        if (lieAt >= 0) {
            given[0] ^= 1;
        }
        return given;
    }

    private InputStream stream(byte[] car) {
        byte[] given = car.clone();
        if (lieAt >= 0 && lieAt < given.length) {
            given[(int) lieAt] ^= 1;
        }
        open.incrementAndGet();
        return new Cut(new ByteArrayInputStream(given));
    }

    long count(String kind) {
        return asked.stream().filter(request -> request.startsWith(kind)).count();
    }

    private final class Cut extends FilterInputStream {
        private long given;
        private volatile boolean closed;

        Cut(InputStream in) {
            super(in);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("one at a time");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (given >= endAfter) {
                return -1;
            }
            if (given >= cutAfter || dead) {
                throw new IOException("connection reset");
            }
            if (given >= stallAfter) {
                stand();
            }
            long stop = Math.min(cutAfter, endAfter);
            int most = (int)
                    Math.min(Math.min(length, 700), (given < stallAfter ? Math.min(stop, stallAfter) : stop) - given);
            int read = in.read(target, offset, most);
            given += Math.max(0, read);
            sent.addAndGet(Math.max(0, read));
            return read;
        }

        private void stand() throws IOException {
            stalls.countDown();
            try {
                while (!goesOn.await(10, TimeUnit.MILLISECONDS)) {
                    if (closed) {
                        throw new IOException("closed");
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading");
            }
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
                super.close();
            }
        }
    }
}
