package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.FileWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified content on this machine's disk: one file per root, complete or not there at all.
 *
 * <p>Content is written to {@code work/}, forced to the disk and renamed into {@code dags/}; a broker killed at any
 * moment leaves at most work files, which are removed when the staging is opened. Memory per content is one block and its
 * index. Safe for use by several threads.
 */
public final class Staging {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);
    private static final String SUFFIX = ".dag";

    /** Has the length of every root that the broker makes from files: CIDv1 with SHA-256. */
    static final Cid STAND_IN = Cid.of(Codec.RAW, new byte[0]);

    /**
     * How much is taken.
     *
     * @param capacityBytes the most that staged files may take together, unfinished ones included
     * @param reserveBytes what must stay free on the disk
     * @param maxBlocks the most blocks of one content; each takes 32 to 64 bytes of memory while it is written
     */
    public record Limits(long capacityBytes, long reserveBytes, long maxBlocks) {}

    private final Path work;
    private final Path dags;
    private final Limits limits;
    private final Map<String, Staged> byRoot = new ConcurrentHashMap<>();
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong nextWork = new AtomicLong();
    private final StagingFile.Space space = new StagingFile.Space() {
        @Override
        public void take(long bytes) {
            takeSpace(bytes);
        }

        @Override
        public void giveBack(long bytes) {
            used.addAndGet(-bytes);
        }
    };

    private Staging(Path directory, Limits limits) {
        this.work = directory.resolve("work");
        this.dags = directory.resolve("dags");
        this.limits = limits;
    }

    /** Opens the staging below a directory, which is made if need be; removes what a killed broker left unfinished. */
    public static Staging open(Path directory, Limits limits) throws IOException {
        Staging staging = new Staging(directory, limits);
        Files.createDirectories(staging.work);
        Files.createDirectories(staging.dags);
        staging.removeLeftovers();
        staging.readAll();
        LOG.info(
                "event=staging.opened roots={} bytes={} capacity={}",
                staging.byRoot.size(),
                staging.used.get(),
                limits.capacityBytes());
        return staging;
    }

    private void removeLeftovers() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
                LOG.info("event=staging.leftover file={}", file.getFileName());
            }
        }
    }

    private void readAll() throws IOException {
        try (Stream<Path> files = Files.list(dags)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Staged staged = read(file);
                if (staged == null) {
                    LOG.warn("event=staging.unreadable file={} action=ignored", file.getFileName());
                } else {
                    byRoot.put(staged.root().canonical(), staged);
                    used.addAndGet(staged.fileBytes());
                }
            }
        }
    }

    private static @Nullable Staged read(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(SUFFIX)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            StagedFooter footer = StagedFooter.read(channel);
            Cid root = Cid.parse(name.substring(0, name.length() - SUFFIX.length()));
            return footer == null ? null : new Staged(root, file, footer);
        } catch (ContentException e) {
            return null;
        }
    }

    /** The content below a root, under whatever version its CID is written. */
    public Optional<Staged> find(Cid root) {
        return Optional.ofNullable(byRoot.get(root.canonical()));
    }

    /** Some content that has this block: the one below it, if it is a root. Else costs one look into each content. */
    public Optional<Staged> holding(Cid cid) {
        Optional<Staged> below = find(cid);
        return below.isPresent()
                ? below
                : byRoot.values().stream()
                        .filter(staged -> hasOrGone(staged, cid))
                        .findFirst();
    }

    private static boolean hasOrGone(Staged staged, Cid cid) {
        try {
            return staged.has(cid);
        } catch (IOException e) {
            // Removed meanwhile, or unreadable: then it does not serve the block either.
            return false;
        }
    }

    /** All that is staged, in no particular order. */
    public List<Staged> all() {
        return List.copyOf(byRoot.values());
    }

    /** A verified block, from whatever content has it. Costs one look into each content: ask the content where known. */
    public Optional<Block> block(Cid cid) throws IOException {
        if (cid.multihash().isIdentity()) {
            return Optional.of(Block.inline(cid));
        }
        for (Staged staged : byRoot.values()) {
            byte[] bytes = staged.find(cid);
            if (bytes != null) {
                return Optional.of(Block.verified(cid, bytes, new Verifier()));
            }
        }
        return Optional.empty();
    }

    /**
     * Takes the roots of a CAR, each with the whole DAG below it.
     *
     * @param in not closed
     * @param dagLimits what one DAG may cost
     * @return one content per distinct root, in the order of the header
     * @throws BrokerException the CAR is wrong, incomplete or too large, or there is no space; nothing is kept then
     * @throws IOException reading from {@code in} failed
     */
    public List<Staged> importCar(InputStream in, DagLimits dagLimits) throws IOException {
        return ContentRefusal.guard("The CAR", () -> new CarImport(this, dagLimits).run(in));
    }

    /**
     * Takes what a CAR has, also where it is not all of it: whole DAGs are staged, and where one is not whole its blocks go
     * into the cache, from which they are read until others push them out.
     *
     * @param in not closed
     * @throws BrokerException the CAR is wrong or too large, or there is no space for it, or it is incomplete and the cache
     *     keeps nothing; nothing is kept then
     */
    public Imported importPartial(InputStream in, DagLimits dagLimits, BlockCache cache) throws IOException {
        return ContentRefusal.guard("The CAR", () -> {
            CarImport car = new CarImport(this, dagLimits);
            return cache.keeps() ? car.runPartial(in, cache) : new Imported(car.run(in), List.of());
        });
    }

    /** Makes a UnixFS file of a stream, with the CID that {@code ipfs add --cid-version=1 --raw-leaves} gives. */
    public Staged addFile(InputStream in) throws IOException {
        return ContentRefusal.guard("The file", () -> {
            try (StagingFile file = begin(STAND_IN)) {
                Added added = FileWriter.add(in, file, UnixFsOptions.DEFAULT);
                return commit(file, added.cid());
            }
        });
    }

    /** Begins a directory; to be closed. */
    public TreeUpload addTree() {
        return new TreeUpload(this, begin(STAND_IN));
    }

    /** Removes a content; false when it was not there. Streams that are open on it go on. */
    public boolean remove(Cid root) {
        Staged staged = byRoot.remove(root.canonical());
        if (staged == null) {
            return false;
        }
        try {
            Files.deleteIfExists(staged.file());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + staged.file(), e);
        }
        used.addAndGet(-staged.fileBytes());
        LOG.info("event=staging.removed cid={} bytes={}", staged.root(), staged.fileBytes());
        return true;
    }

    /** Bytes on disk, unfinished content included. */
    public long sizeBytes() {
        return used.get();
    }

    /** Begins a file for a content whose root, or the length of it, is known. */
    StagingFile begin(Cid root) {
        Path file = work.resolve(nextWork.incrementAndGet() + ".part");
        try {
            return new StagingFile(file, root, limits.maxBlocks(), space);
        } catch (IOException e) {
            throw DiskFailure.of(e);
        }
    }

    /** Makes a finished file the content of its root. When the root is there already, the file is dropped. */
    Staged commit(StagingFile file, Cid root) {
        synchronized (byRoot) {
            Staged there = byRoot.get(root.canonical());
            if (there != null) {
                return there;
            }
            Staged staged = file.seal(root, dags.resolve(root.canonical() + SUFFIX));
            byRoot.put(root.canonical(), staged);
            LOG.info("event=staging.added cid={} blocks={} bytes={}", root, staged.blocks(), staged.dagBytes());
            return staged;
        }
    }

    private void takeSpace(long bytes) {
        long after = used.addAndGet(bytes);
        if (after > limits.capacityBytes()) {
            used.addAndGet(-bytes);
            throw full("the staging area holds its " + limits.capacityBytes() + " bytes");
        }
        if (limits.reserveBytes() > 0 && work.toFile().getUsableSpace() - bytes < limits.reserveBytes()) {
            used.addAndGet(-bytes);
            throw full("less than " + limits.reserveBytes() + " bytes are left on the disk");
        }
    }

    private static BrokerException full(String why) {
        return new BrokerException(
                ErrorKind.INSUFFICIENT_STORAGE,
                "The broker takes no new content now: " + why + ". Try again later, or raise the limit");
    }
}
