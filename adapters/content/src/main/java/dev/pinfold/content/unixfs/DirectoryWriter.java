package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSink;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Hasher;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the block or blocks of one directory from its entries, in whatever order they come.
 *
 * <p>Up to the threshold of the options it is one node, its links sorted by the bytes of their names; above, a sharded
 * directory (HAMT), as Kubo does. The entries (name and CID) are kept in memory until {@link #finish}.
 */
public final class DirectoryWriter {
    private final BlockSink sink;
    private final UnixFsOptions options;
    private final Hasher hasher = Hasher.of(HashFunction.SHA2_256);
    private final Map<byte[], Added> entries = new TreeMap<>(Arrays::compareUnsigned);
    private long estimate;
    private long fileSize;

    /** A writer whose blocks go to {@code sink}. */
    public DirectoryWriter(BlockSink sink, UnixFsOptions options) {
        this.sink = sink;
        this.options = options;
    }

    /** Adds an entry. Throws MALFORMED for a name that is unsafe or already there. */
    public void add(String name, Added entry) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Names.check(bytes);
        if (entries.putIfAbsent(bytes, entry) != null) {
            throw ContentException.malformed("The name " + Names.shown(bytes) + " is twice in one directory");
        }
        estimate += bytes.length + entry.cid().size();
        fileSize += entry.fileSize();
    }

    /** Emits the directory. The writer cannot be used after it. */
    public Added finish() throws IOException {
        return estimate > options.shardThreshold() ? sharded() : basic();
    }

    private Added basic() throws IOException {
        List<PbLink> links = new ArrayList<>(entries.size());
        long below = 0;
        for (Map.Entry<byte[], Added> entry : entries.entrySet()) {
            Added added = entry.getValue();
            links.add(new PbLink(added.cid(), entry.getKey(), added.dagSize()));
            below += added.dagSize();
        }
        return emit(links, UnixFsData.directory(), below);
    }

    private Added emit(List<PbLink> links, UnixFsData data, long below) throws IOException {
        Block block = Block.of(Codec.DAG_PB, new PbNode(links, data.write()).write(), hasher);
        sink.accept(block);
        return new Added(block.cid(), fileSize, below + block.size());
    }

    private Added sharded() throws IOException {
        List<Placed> all = new ArrayList<>(entries.size());
        entries.forEach((name, added) -> all.add(new Placed(name, Murmur3.hash64(name), added)));
        return shard(all, 0);
    }

    /** A shard of {@code entries}, whose hashes agree in the first {@code level} buckets. */
    private Added shard(List<Placed> all, int level) throws IOException {
        int fanout = options.shardFanout();
        Map<Integer, List<Placed>> buckets = new TreeMap<>();
        for (Placed entry : all) {
            buckets.computeIfAbsent(Hamt.bucket(entry.hash, level, fanout), bucket -> new ArrayList<>())
                    .add(entry);
        }
        List<PbLink> links = new ArrayList<>(buckets.size());
        byte[] bits = new byte[fanout / 8];
        long below = 0;
        for (Map.Entry<Integer, List<Placed>> bucket : buckets.entrySet()) {
            int number = bucket.getKey();
            bits[bits.length - 1 - number / 8] |= (byte) (1 << number % 8);
            PbLink link = link(Hamt.prefix(number, fanout), bucket.getValue(), level);
            links.add(link);
            below += link.tsize();
        }
        return emit(links, UnixFsData.shard(withoutLeadingZeros(bits), fanout), below);
    }

    private PbLink link(String prefix, List<Placed> bucket, int level) throws IOException {
        if (bucket.size() > 1) {
            Added child = shard(bucket, level + 1);
            return PbLink.named(prefix, child.cid(), child.dagSize());
        }
        Placed only = bucket.getFirst();
        byte[] front = prefix.getBytes(StandardCharsets.US_ASCII);
        byte[] name = Arrays.copyOf(front, front.length + only.name.length);
        System.arraycopy(only.name, 0, name, front.length, only.name.length);
        return new PbLink(only.added.cid(), name, only.added.dagSize());
    }

    private static byte[] withoutLeadingZeros(byte[] bits) {
        int from = 0;
        while (from < bits.length && bits[from] == 0) {
            from++;
        }
        return Arrays.copyOfRange(bits, from, bits.length);
    }

    @SuppressWarnings("ArrayRecordComponent") // Only carried from one method to the next, never compared.
    private record Placed(byte[] name, long hash, Added added) {}
}
