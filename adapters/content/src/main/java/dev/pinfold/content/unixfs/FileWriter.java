package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns bytes of unknown length into the blocks of a UnixFS file: raw leaves under a balanced tree.
 *
 * <p>Blocks leave for the sink as soon as they are full, children before parents; what is kept is one chunk and at most
 * {@code maxLinks} links per level. Bytes may be pushed ({@link #write}, then {@link #finish}) or pulled ({@link #add}).
 * A file of one chunk is that raw leaf itself. Not safe for use by several threads.
 */
public final class FileWriter {
    private static final int FIRST_CAPACITY = 8 << 10;

    private final BlockSink sink;
    private final UnixFsOptions options;
    private final Hasher hasher = Hasher.of(HashFunction.SHA2_256);
    /** Links that wait for their parent: leaves at index 0. */
    private final List<List<Added>> levels = new ArrayList<>();

    /** Grows up to one chunk for the first leaf, so that a tree of many small files does not cost a chunk for each. */
    private byte[] chunk = new byte[0];

    private int capacity = FIRST_CAPACITY;
    private int filled;

    /** A writer whose blocks go to {@code sink}. */
    public FileWriter(BlockSink sink, UnixFsOptions options) {
        this.sink = sink;
        this.options = options;
        levels.add(new ArrayList<>());
    }

    /** Makes a file of everything in {@code in}, which is not closed. */
    public static Added add(InputStream in, BlockSink sink, UnixFsOptions options) throws IOException {
        FileWriter writer = new FileWriter(sink, options);
        while (writer.fill(in)) {
            writer.leafWhenFull();
        }
        return writer.finish();
    }

    private boolean fill(InputStream in) throws IOException {
        makeRoom();
        int read = in.read(chunk, filled, chunk.length - filled);
        filled += Math.max(read, 0);
        return read >= 0;
    }

    private void makeRoom() {
        if (filled == chunk.length) {
            int wanted = Math.max(capacity, chunk.length * 2);
            chunk = Arrays.copyOf(chunk, Math.min(wanted, options.chunkSize()));
        }
    }

    private void leafWhenFull() throws IOException {
        if (filled == options.chunkSize()) {
            leaf();
        }
    }

    /** Appends {@code length} bytes from {@code offset}; they are copied. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            makeRoom();
            int take = Math.min(length - done, chunk.length - filled);
            System.arraycopy(bytes, offset + done, chunk, filled, take);
            filled += take;
            done += take;
            leafWhenFull();
        }
    }

    /** Ends the file and emits what is left. The writer cannot be used after it. */
    public Added finish() throws IOException {
        if (filled > 0 || (levels.size() == 1 && levels.getFirst().isEmpty())) {
            leaf();
        }
        for (int level = 0; ; level++) {
            List<Added> links = levels.get(level);
            boolean top = level == levels.size() - 1;
            if (top && links.size() == 1) {
                return links.getFirst();
            }
            if (!links.isEmpty()) {
                node(level);
            }
        }
    }

    private void leaf() throws IOException {
        // The sink keeps the array: a full one is handed over as it is, only the last one is cut.
        byte[] bytes = filled == chunk.length ? chunk : Arrays.copyOf(chunk, filled);
        Block block = Block.of(Codec.RAW, bytes, hasher);
        chunk = new byte[0];
        capacity = options.chunkSize();
        filled = 0;
        sink.accept(block);
        append(0, new Added(block.cid(), block.size(), block.size()));
    }

    private void append(int level, Added link) throws IOException {
        if (level == levels.size()) {
            levels.add(new ArrayList<>());
        }
        if (levels.get(level).size() == options.maxLinks()) {
            node(level);
        }
        levels.get(level).add(link);
    }

    /** Makes a node of the links that wait at {@code level} and hands it to the level above. */
    private void node(int level) throws IOException {
        List<Added> children = levels.get(level);
        List<PbLink> links = new ArrayList<>(children.size());
        List<Long> sizes = new ArrayList<>(children.size());
        long below = 0;
        for (Added child : children) {
            links.add(PbLink.named("", child.cid(), child.dagSize()));
            sizes.add(child.fileSize());
            below += child.dagSize();
        }
        UnixFsData data = UnixFsData.file(sizes);
        Block block = Block.of(Codec.DAG_PB, new PbNode(links, data.write()).write(), hasher);
        children.clear();
        sink.accept(block);
        append(level + 1, new Added(block.cid(), data.fileSize(), below + block.size()));
    }
}
