package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DigestSet;
import dev.pinfold.content.dag.Links;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives the blocks of an {@link Extent} of a DAG one by one, depth first, each proven, identity blocks included.
 *
 * <p>Iterative and within limits. Holds no block: whoever takes one has the only reference. The order is that of a CAR
 * with {@code order=dfs}. Not safe for use by several threads.
 */
public final class DagSelection {
    /** How the children of a block are chosen. */
    private sealed interface Follow {
        /** None of them. */
        record Nothing() implements Follow {}

        /** All of them. */
        record All() implements Follow {}

        /** As the block, which is the top of an entity, turns out to be. */
        record Top(Extent extent) implements Follow {}

        /**
         * Those parts of a file that overlap a range.
         *
         * @param start where in the file this node begins
         * @param from first byte of the range
         * @param to last byte of it, inclusive
         * @param whole whether the range is the whole file, so that empty parts belong to it
         */
        record Part(long start, long from, long to, boolean whole) implements Follow {}

        /** Those that are shards of the same directory. */
        record Shard() implements Follow {}
    }

    private record Item(Cid cid, Follow follow) {}

    private final BlockSource source;
    private final boolean duplicates;
    private final Verifier verifier = new Verifier();
    private final DigestSet seen = new DigestSet();
    private final DagLimits.Meter meter;
    private final Deque<Iterator<Item>> waiting = new ArrayDeque<>();
    private int pending;

    /**
     * A selection that begins with {@code top}.
     *
     * @param duplicates whether a block is given each time it is met; if not, only the first time
     */
    public DagSelection(BlockSource source, Cid top, Extent extent, DagLimits limits, boolean duplicates) {
        this.source = source;
        this.duplicates = duplicates;
        this.meter = new DagLimits.Meter(limits);
        push(List.of(new Item(
                top,
                switch (extent) {
                    case Extent.OneBlock one -> new Follow.Nothing();
                    case Extent.Everything all -> new Follow.All();
                    case Extent.Entity entity -> new Follow.Top(entity);
                    case Extent.Bytes bytes -> new Follow.Top(bytes);
                })));
    }

    /**
     * The next block; null after the last.
     *
     * @throws ContentException INCOMPLETE when the source lacks a block, HASH_MISMATCH, MALFORMED, UNSUPPORTED,
     *     TOO_LARGE when a limit is passed
     * @throws IOException when the source fails
     */
    public @Nullable Block next() throws IOException {
        for (Item item = pop(); item != null; item = pop()) {
            boolean first = item.cid().multihash().isIdentity()
                    || duplicates
                    || seen.add(item.cid().multihash());
            if (first) {
                Block block = source.block(item.cid(), verifier);
                meter.block(block.size());
                push(children(item, block));
                meter.stack(waiting.size(), pending);
                return block;
            }
        }
        return null;
    }

    private @Nullable Item pop() {
        Iterator<Item> level = waiting.peek();
        if (level == null) {
            return null;
        }
        Item item = level.next();
        pending--;
        if (!level.hasNext()) {
            // The last child replaces its parent, so that long thin DAGs do not look deep.
            waiting.pop();
        }
        return item;
    }

    private void push(List<Item> items) {
        if (!items.isEmpty()) {
            waiting.push(items.iterator());
            pending += items.size();
        }
    }

    private static List<Item> children(Item item, Block block) {
        return switch (item.follow()) {
            case Follow.Nothing nothing -> List.of();
            case Follow.All all ->
                Links.of(item.cid(), block.bytes()).stream()
                        .map(cid -> new Item(cid, all))
                        .toList();
            case Follow.Top(Extent extent) -> ofEntity(item.cid(), block, extent);
            case Follow.Part part -> parts(Node.of(item.cid(), block), part);
            case Follow.Shard shard -> shards(Node.of(item.cid(), block));
        };
    }

    private static List<Item> ofEntity(Cid cid, Block block, Extent extent) {
        if (cid.codec() != Codec.DAG_PB || !isUnixFs(block)) {
            return List.of();
        }
        Node node = Node.of(cid, block);
        return switch (node.type()) {
            case RAW, FILE -> parts(node, range(extent, node.fileSize()));
            case HAMT_SHARD -> shards(node);
            case DIRECTORY, SYMLINK, METADATA -> List.of();
        };
    }

    /** A dag-pb node that is not UnixFS is an entity of one block; one that cannot be read is refused. */
    private static boolean isUnixFs(Block block) {
        byte[] data = PbNode.read(block.bytes()).data();
        if (data == null) {
            return false;
        }
        try {
            return UnixFsData.read(data).fileSize() >= -1;
        } catch (ContentException e) {
            return false;
        }
    }

    private static Follow.Part range(Extent extent, long size) {
        if (!(extent instanceof Extent.Bytes bytes)) {
            return new Follow.Part(0, 0, Long.MAX_VALUE, true);
        }
        long from = bytes.from() < 0 ? Math.max(0, size + bytes.from()) : bytes.from();
        long last = bytes.to().orElse(size - 1);
        return new Follow.Part(0, from, last < 0 ? size + last : last, false);
    }

    private static List<Item> parts(Node node, Follow.Part range) {
        if (!node.isFile()) {
            throw node.malformed("a " + node.type() + " stands where a part of a file should be");
        }
        long unused = node.fileSize();
        List<Item> items = new ArrayList<>();
        UnixFsData data = node.data();
        long start = range.start() + node.inline().length;
        for (int i = 0; data != null && i < node.links().size(); i++) {
            long size = data.blockSizes().get(i);
            boolean overlaps =
                    size > 0 && range.from() <= range.to() && start <= range.to() && start + size > range.from();
            if (overlaps || range.whole()) {
                Follow.Part below = new Follow.Part(start, range.from(), range.to(), range.whole());
                items.add(new Item(node.links().get(i).cid(), below));
            }
            start += size;
        }
        return items;
    }

    private static List<Item> shards(Node node) {
        UnixFsData data = node.data();
        if (data == null || node.type() != UnixFsData.Type.HAMT_SHARD) {
            throw node.malformed("a " + node.type() + " stands where a shard should be");
        }
        int prefix = Hamt.prefixLength(Hamt.fanout(data));
        List<Item> items = new ArrayList<>();
        for (PbLink link : node.links()) {
            byte[] name = link.nameBytes();
            if (name != null && name.length == prefix) {
                items.add(new Item(link.cid(), new Follow.Shard()));
            }
        }
        return items;
    }
}
