package dev.pinfold.broker.retrieval;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.dag.PbNode;
import dev.pinfold.content.unixfs.UnixFsData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of files lie, learnt from the nodes that were seen: at which byte each begins and what comes after it.
 * So a download can begin, or go on, at any part. Keeps the last nodes only. Used under the flight's lock.
 */
final class FileMap {
    private static final int NODES = 256;
    private static final int MOST_ROOTS = 100_000;

    private static final class Node {
        private final Cid file;
        private final @Nullable Spot above;
        private final List<Cid> links;
        private final long[] starts;

        Node(Cid file, @Nullable Spot above, List<Cid> links, long[] starts) {
            this.file = file;
            this.above = above;
            this.links = links;
            this.starts = starts;
        }
    }

    private record Spot(Node node, int index) {}

    /**
     * A part of a file.
     *
     * @param file the root of the file
     * @param offset the byte at which the part begins
     * @param first whether it is the first part of its node
     * @param rest this part and all that come after it, up to a last byte
     */
    record Place(Cid file, long offset, boolean first, List<Cid> rest) {}

    private final Map<Multihash, Spot> spots = new HashMap<>();
    private final Map<Multihash, Node> nodes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Multihash, Node> eldest) {
            if (size() > NODES) {
                eldest.getValue().links.forEach(link -> spots.remove(link.multihash()));
                return true;
            }
            return false;
        }
    };

    /** Learns from a verified block. What is no node of a file with parts is passed over. */
    void note(Cid cid, byte[] bytes) {
        if (cid.codec() != Codec.DAG_PB || nodes.containsKey(cid.multihash())) {
            return;
        }
        try {
            PbNode node = PbNode.read(bytes);
            UnixFsData data = UnixFsData.read(node.requireData());
            if (data.type() == UnixFsData.Type.FILE
                    && !node.links().isEmpty()
                    && data.blockSizes().size() == node.links().size()) {
                add(cid, node, data);
            }
        } catch (ContentException e) {
            // Other things than files have links too.
        }
    }

    private void add(Cid cid, PbNode node, UnixFsData data) {
        Spot above = spots.get(cid.multihash());
        Cid file = above == null ? cid : above.node().file;
        long at = (above == null ? 0 : above.node().starts[above.index()]) + data.data().length;
        long[] starts = new long[node.links().size()];
        List<Cid> links = new ArrayList<>();
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += data.blockSizes().get(i);
            links.add(node.links().get(i).cid());
        }
        Node made = new Node(file, above, List.copyOf(links), starts);
        nodes.put(cid.multihash(), made);
        for (int i = 0; i < starts.length; i++) {
            spots.putIfAbsent(links.get(i).multihash(), new Spot(made, i));
        }
    }

    /** Whether a block is a node of a file with parts, and was noted. */
    boolean knows(Cid cid) {
        return nodes.containsKey(cid.multihash());
    }

    /**
     * Where a part lies; null when no node that names it was seen.
     *
     * @param to the last byte that is of interest
     */
    @Nullable
    Place place(Cid cid, long to) {
        Spot spot = spots.get(cid.multihash());
        if (spot == null) {
            return null;
        }
        List<Cid> rest = new ArrayList<>();
        int from = spot.index();
        for (Spot at = spot; at != null; at = at.node().above) {
            for (int i = from; i < at.node().links.size() && at.node().starts[i] <= to; i++) {
                if (rest.size() < MOST_ROOTS) {
                    rest.add(at.node().links.get(i));
                }
            }
            Spot above = at.node().above;
            from = above == null ? 0 : above.index() + 1;
        }
        return new Place(spot.node().file, spot.node().starts[spot.index()], spot.index() == 0, rest);
    }

    /** How many bytes of a file are in this very block; empty for what is no part of a file. */
    static OptionalLong bytesIn(Cid cid, byte[] block) {
        if (cid.codec() == Codec.RAW) {
            return OptionalLong.of(block.length);
        }
        if (cid.codec() != Codec.DAG_PB) {
            return OptionalLong.empty();
        }
        try {
            UnixFsData data = UnixFsData.read(PbNode.read(block).requireData());
            boolean file = data.type() == UnixFsData.Type.FILE || data.type() == UnixFsData.Type.RAW;
            return file ? OptionalLong.of(data.data().length) : OptionalLong.empty();
        } catch (ContentException e) {
            return OptionalLong.empty();
        }
    }
}
