package dev.pinfold.content.unixfs;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads files, directories and paths from a source of blocks. Every block is proven before anything of it is used.
 *
 * <p>Which blocks an answer needed can be learned by wrapping the source: nothing is read that is not needed. All methods
 * throw {@link ContentException}: INCOMPLETE for a missing block, HASH_MISMATCH, MALFORMED, TOO_LARGE, WRONG_TYPE for
 * what is not UnixFS. Not safe for use by several threads; cheap to make.
 */
public final class UnixFsReader {
    private final BlockSource source;
    private final UnixFsLimits limits;
    private final Verifier verifier = new Verifier();
    private final DirectoryReader directories;

    /** A reader with {@link UnixFsLimits#DEFAULT}. */
    public UnixFsReader(BlockSource source) {
        this(source, UnixFsLimits.DEFAULT);
    }

    /** A reader with other limits. */
    public UnixFsReader(BlockSource source, UnixFsLimits limits) {
        this.source = source;
        this.limits = limits;
        this.directories = new DirectoryReader(source, limits, verifier);
    }

    /** What {@code cid} is, from its first block alone. */
    public UnixFsStat stat(Cid cid) throws IOException {
        Node node = load(cid);
        UnixFsData data = node.data();
        long mode = data == null ? -1 : data.mode();
        var mtime = data == null ? null : data.mtime();
        return switch (node.type()) {
            case RAW, FILE -> new UnixFsStat(cid, UnixFsStat.Kind.FILE, node.fileSize(), mode, mtime, "");
            case DIRECTORY, HAMT_SHARD -> new UnixFsStat(cid, UnixFsStat.Kind.DIRECTORY, 0, mode, mtime, "");
            case SYMLINK ->
                new UnixFsStat(
                        cid,
                        UnixFsStat.Kind.SYMLINK,
                        0,
                        mode,
                        mtime,
                        new String(node.inline(), StandardCharsets.UTF_8));
            case METADATA ->
                throw ContentException.unsupported("Block " + cid + " is UnixFS metadata, which is obsolete");
        };
    }

    /** The bytes of a file. Throws WRONG_TYPE when it is none. */
    public FileReader open(Cid file) throws IOException {
        return open(file, 0, Long.MAX_VALUE);
    }

    /**
     * The bytes of a file from {@code from} to before {@code to}, which may lie past its end.
     *
     * @throws IllegalArgumentException when {@code from} is negative, past the end, or after {@code to}: ask {@link #stat}
     */
    public FileReader open(Cid file, long from, long to) throws IOException {
        Node node = load(file);
        if (!node.isFile()) {
            throw new ContentException(Kind.WRONG_TYPE, "Block " + file + " is a " + node.type() + ", not a file");
        }
        return new FileReader(source, limits, verifier, node, from, to);
    }

    /**
     * Gives the entries of a directory, in the order of its nodes, as they are read. Of equal names, the first counts.
     *
     * @throws ContentException MALFORMED for an unsafe name or one in a wrong bucket, WRONG_TYPE when it is no directory
     */
    public void list(Cid directory, Consumer<DirectoryEntry> entries) throws IOException {
        directories.list(directory(directory, load(directory)), entries);
    }

    /** The entries of a directory, all at once. */
    public List<DirectoryEntry> list(Cid directory) throws IOException {
        List<DirectoryEntry> entries = new ArrayList<>();
        list(directory, entries::add);
        return entries;
    }

    /** The CID of the entry {@code name}, or null when the directory has none. Reads only the shards on the way. */
    public @Nullable Cid find(Cid directory, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Names.check(bytes);
        return directories.find(directory(directory, load(directory)), bytes);
    }

    /**
     * Follows {@code path} (segments between slashes, not percent-encoded) from {@code root}. Symbolic links are not
     * followed.
     *
     * @return the CIDs met: the root first, then one per segment; the last is the one the path names
     * @throws ContentException NOT_FOUND for a segment that is not there, MALFORMED for {@code .} and {@code ..},
     *     WRONG_TYPE for a path into what is no directory
     */
    public List<Cid> resolve(Cid root, String path) throws IOException {
        List<Cid> met = new ArrayList<>();
        met.add(root);
        for (String segment : Names.segments(path)) {
            Cid next = find(met.getLast(), segment);
            if (next == null) {
                throw new ContentException(
                        Kind.NOT_FOUND,
                        "There is no " + Names.shown(segment.getBytes(StandardCharsets.UTF_8)) + " in directory "
                                + met.getLast());
            }
            met.add(next);
        }
        return met;
    }

    private Node load(Cid cid) throws IOException {
        return Node.load(source, cid, verifier);
    }

    private static Node directory(Cid cid, Node node) {
        if (node.type() != UnixFsData.Type.DIRECTORY && node.type() != UnixFsData.Type.HAMT_SHARD) {
            throw new ContentException(
                    Kind.WRONG_TYPE, "Block " + cid + " is a " + node.type() + ", so it has no entries");
        }
        return node;
    }
}
