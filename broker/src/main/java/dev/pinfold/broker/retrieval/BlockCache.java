package dev.pinfold.broker.retrieval;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified blocks on this machine's disk, one file each, bounded. What is kept is decided by W-TinyLFU (Caffeine): blocks
 * that are read once do not push out those that are read often.
 *
 * <p>A file is named after its multihash and checked against it whenever it is read, so whatever a crash or a bad disk
 * leaves behind is found and removed; nothing waits for the disk. Survives restarts; the counts of reads do not. Safe for
 * use by several threads.
 */
public final class BlockCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockCache.class);
    /** So many bytes a block counts at least, which bounds files and memory: 2 GiB are at most 131,072 blocks. */
    private static final int LEAST_WEIGHT = 16 << 10;
    /** Bytes that wait to be written. */
    private static final long MOST_PENDING = 16L << 20;

    private static final String SUFFIX = ".block";
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private record Stored(Path file, int size) {}

    private final Path directory;
    private final long capacity;
    private final Cache<Multihash, Stored> index;
    private final Map<Multihash, Block> pending = new ConcurrentHashMap<>();
    /** Empty at the end. */
    private final LinkedBlockingQueue<Optional<Block>> queue = new LinkedBlockingQueue<>();

    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong generation = new AtomicLong();
    private final Thread writer;

    private BlockCache(Path directory, long capacity) {
        this.directory = directory;
        this.capacity = capacity;
        this.index = Caffeine.newBuilder()
                .maximumWeight(capacity)
                .weigher((Multihash hash, Stored stored) -> Math.max(LEAST_WEIGHT, stored.size()))
                .removalListener(
                        (@Nullable Multihash hash, @Nullable Stored stored, RemovalCause cause) -> remove(stored))
                .executor(Runnable::run)
                .build();
        this.writer = Thread.ofPlatform().name("block-cache").daemon().unstarted(this::writeAll);
    }

    /**
     * Opens the cache in a data directory, in a folder that is made if need be.
     *
     * @param capacity bytes that it may take; 0 keeps nothing and removes what is there
     */
    public static BlockCache open(Path dataDirectory, long capacity) {
        BlockCache cache = new BlockCache(dataDirectory.resolve("cache"), capacity);
        try {
            Files.createDirectories(cache.directory);
            cache.readAll();
        } catch (IOException e) {
            throw new IllegalStateException("the cache directory " + cache.directory + " cannot be used: " + e, e);
        }
        cache.writer.start();
        return cache;
    }

    private void readAll() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Multihash hash = capacity == 0 ? null : hash(file);
                if (hash == null || index.getIfPresent(hash) != null) {
                    Files.deleteIfExists(file);
                } else {
                    add(hash, new Stored(file, (int) Math.min(Integer.MAX_VALUE, Files.size(file))));
                }
            }
        }
        LOG.info("event=cache.opened blocks={} bytes={} capacity={}", index.estimatedSize(), bytes.get(), capacity);
    }

    private void add(Multihash hash, Stored stored) {
        bytes.addAndGet(stored.size());
        index.put(hash, stored);
    }

    private @Nullable Multihash hash(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.indexOf('.');
        if (dot < 0 || !name.endsWith(SUFFIX)) {
            return null;
        }
        try {
            generation.accumulateAndGet(
                    Long.parseLong(name.substring(dot + 1, name.length() - SUFFIX.length())), Math::max);
            return Multihash.read(HexFormat.of().parseHex(name.substring(0, dot)));
        } catch (ContentException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The verified block; null when it is not here. Counts as a read. */
    @Nullable
    Block find(Cid cid) {
        Block waiting = pending.get(cid.multihash());
        if (waiting != null) {
            return waiting.under(cid);
        }
        Stored stored = capacity == 0 ? null : index.getIfPresent(cid.multihash());
        if (stored == null) {
            return null;
        }
        byte[] read = read(stored);
        try {
            if (read != null) {
                return Block.verified(cid, read);
            }
        } catch (ContentException e) {
            LOG.warn("event=cache.damaged file={} action=removed", stored.file().getFileName());
        }
        index.asMap().remove(cid.multihash(), stored);
        return null;
    }

    /** Whether anything is kept at all. */
    boolean keeps() {
        return capacity > 0;
    }

    /** Whether the block is here, without counting as a read. */
    boolean has(Cid cid) {
        return pending.containsKey(cid.multihash()) || index.asMap().containsKey(cid.multihash());
    }

    private static byte @Nullable [] read(Stored stored) {
        try {
            return stored.size() > Block.MAX_SIZE ? new byte[0] : Files.readAllBytes(stored.file());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("event=cache.unreadable file={} failure=\"{}\"", stored.file(), e.toString());
            return null;
        }
    }

    /** Offers a verified block; written soon, unless the disk does not keep up. */
    void offer(Block block) {
        if (capacity < block.size() || block.cid().multihash().isIdentity() || has(block.cid())) {
            return;
        }
        if (pendingBytes.addAndGet(block.size()) > MOST_PENDING) {
            pendingBytes.addAndGet(-block.size());
            write(block);
        } else if (pending.putIfAbsent(block.cid().multihash(), block) == null) {
            queue.add(Optional.of(block));
        } else {
            pendingBytes.addAndGet(-block.size());
        }
    }

    private @Nullable Block next() throws InterruptedException {
        return queue.take().orElse(null);
    }

    private void writeAll() {
        try {
            for (Block block = next(); block != null; block = next()) {
                write(block);
                pending.remove(block.cid().multihash());
                pendingBytes.addAndGet(-block.size());
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; if somebody does, what waits is not kept.
        }
    }

    private void write(Block block) {
        String name = HexFormat.of().formatHex(block.cid().multihash().bytes());
        // Two digits of the digest's end spread the files over 256 folders.
        Path folder = directory.resolve(name.substring(name.length() - 2));
        Path file = folder.resolve(name + "." + generation.incrementAndGet() + SUFFIX);
        try {
            Files.createDirectories(folder);
            Files.write(file, block.bytes());
            add(block.cid().multihash(), new Stored(file, block.size()));
        } catch (IOException e) {
            LOG.warn("event=cache.write file={} failure=\"{}\" action=not-kept", file.getFileName(), e.toString());
            deleteQuietly(file);
        }
    }

    private void remove(@Nullable Stored stored) {
        if (stored != null) {
            bytes.addAndGet(-stored.size());
            deleteQuietly(stored.file());
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("event=cache.delete file={} failure=\"{}\"", file, e.toString());
        }
    }

    /** Bytes on disk. */
    public long sizeBytes() {
        return bytes.get();
    }

    /** Writes what waits, and ends. */
    @Override
    public void close() {
        queue.add(Optional.empty());
        try {
            writer.join(CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
