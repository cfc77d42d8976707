package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.dag.PbNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a directory tree from paths and contents that come one after the other, in any order.
 *
 * <p>Files become blocks as they come; of the tree only names and CIDs are kept, at most {@link #MAX_ENTRIES} of them.
 * Paths are relative, with slashes; folders on the way are made. Not safe for use by several threads.
 */
public final class TreeWriter {
    /** The most files, links and folders of one tree. */
    public static final int MAX_ENTRIES = 1_000_000;

    private final BlockSink sink;
    private final UnixFsOptions options;
    private final Folder root = new Folder();
    private int count;

    /** A writer whose blocks go to {@code sink}. */
    public TreeWriter(BlockSink sink, UnixFsOptions options) {
        this.sink = sink;
        this.options = options;
    }

    /** Adds a file with everything in {@code in}, which is not closed. Throws as {@link #add}. */
    public Added addFile(String path, InputStream in) throws IOException {
        List<String> segments = requireFree(path);
        Added added = FileWriter.add(in, sink, options);
        put(segments, added);
        return added;
    }

    /** Adds a symbolic link; {@code target} is not checked, because nothing here follows it. */
    public Added addSymlink(String path, String target) throws IOException {
        List<String> segments = requireFree(path);
        byte[] data =
                UnixFsData.symlink(target.getBytes(StandardCharsets.UTF_8)).write();
        Block block = Block.of(Codec.DAG_PB, new PbNode(List.of(), data).write(), Hasher.of(HashFunction.SHA2_256));
        sink.accept(block);
        Added added = new Added(block.cid(), 0, block.size());
        put(segments, added);
        return added;
    }

    /**
     * Adds something that was made before, for example by a {@link FileWriter}.
     *
     * @throws ContentException MALFORMED when the path is unsafe, taken, or leads through a file; TOO_LARGE when there are
     *     too many entries
     */
    public void add(String path, Added entry) {
        put(requireFree(path), entry);
    }

    /** Adds a folder, which may stay empty. It may be there already. */
    public void addFolder(String path) {
        folder(Names.segments(path), path);
    }

    /** Emits all folders, the inner ones first, and returns the outermost. The writer cannot be used after it. */
    public Added finish() throws IOException {
        return emit(root);
    }

    private Added emit(Folder folder) throws IOException {
        DirectoryWriter writer = new DirectoryWriter(sink, options);
        for (Map.Entry<String, Node> entry : folder.nodes.entrySet()) {
            Added added = switch (entry.getValue()) {
                case Folder inner -> emit(inner);
                case Leaf leaf -> leaf.added;
            };
            writer.add(entry.getKey(), added);
        }
        return writer.finish();
    }

    /** The segments of a path at which nothing is yet: asked before a body is read for it. */
    private List<String> requireFree(String path) {
        List<String> segments = Names.segments(path);
        if (segments.isEmpty()) {
            throw ContentException.malformed(
                    "A file in a directory needs a name; the path " + shown(path) + " has none");
        }
        Folder parent = folder(segments.subList(0, segments.size() - 1), path);
        if (parent.nodes.containsKey(segments.getLast())) {
            throw ContentException.malformed("The path " + shown(path) + " is there twice");
        }
        return segments;
    }

    private void put(List<String> segments, Added added) {
        Folder parent = folder(segments.subList(0, segments.size() - 1), String.join("/", segments));
        counted();
        parent.nodes.put(segments.getLast(), new Leaf(added));
    }

    private Folder folder(List<String> segments, String path) {
        Folder at = root;
        for (String segment : segments) {
            Node next = at.nodes.get(segment);
            if (next == null) {
                counted();
                next = new Folder();
                at.nodes.put(segment, next);
            }
            if (!(next instanceof Folder inner)) {
                throw ContentException.malformed(
                        "The path " + shown(path) + " leads through " + shown(segment) + ", which is a file");
            }
            at = inner;
        }
        return at;
    }

    private void counted() {
        if (++count > MAX_ENTRIES) {
            throw ContentException.tooLarge("The tree has more than " + MAX_ENTRIES + " entries");
        }
    }

    private static String shown(String path) {
        return Names.shown(path.getBytes(StandardCharsets.UTF_8));
    }

    private sealed interface Node {}

    private record Leaf(Added added) implements Node {}

    private static final class Folder implements Node {
        private final Map<String, Node> nodes = new TreeMap<>();
    }
}
