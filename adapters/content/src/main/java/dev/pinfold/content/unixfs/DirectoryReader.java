package dev.pinfold.content.unixfs;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.PbLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lists and searches directories, in one node or sharded, checking that every name stands where its hash puts it. */
final class DirectoryReader {
    private final BlockSource source;
    private final UnixFsLimits limits;
    private final Verifier verifier;

    DirectoryReader(BlockSource source, UnixFsLimits limits, Verifier verifier) {
        this.source = source;
        this.limits = limits;
        this.verifier = verifier;
    }

    void list(Node directory, Consumer<DirectoryEntry> entries) throws IOException {
        if (directory.type() == UnixFsData.Type.HAMT_SHARD) {
            listShards(directory, entries);
            return;
        }
        Set<ByteBuffer> seen = new HashSet<>();
        for (PbLink link : directory.links()) {
            // The first of two equal names is the one that a search finds.
            if (seen.add(ByteBuffer.wrap(bytes(link)))) {
                entries.accept(entry(bytes(link), link));
            }
        }
    }

    @Nullable
    Cid find(Node directory, byte[] name) throws IOException {
        if (directory.type() == UnixFsData.Type.HAMT_SHARD) {
            return findInShards(directory, name);
        }
        for (PbLink link : directory.links()) {
            if (Arrays.equals(bytes(link), name)) {
                return link.cid();
            }
        }
        return null;
    }

    private @Nullable Cid findInShards(Node root, byte[] name) throws IOException {
        long hash = Murmur3.hash64(name);
        Shard shard = new Shard(root, 0, 0);
        while (true) {
            PbLink link = shard.linkOf(Hamt.bucket(hash, shard.level, shard.fanout));
            if (link == null) {
                return null;
            }
            byte[] label = bytes(link);
            if (label.length > shard.prefix) {
                byte[] found = Arrays.copyOfRange(label, shard.prefix, label.length);
                return Arrays.equals(found, name) ? link.cid() : null;
            }
            shard = shard.child(link);
        }
    }

    private void listShards(Node root, Consumer<DirectoryEntry> entries) throws IOException {
        Deque<Shard> open = new ArrayDeque<>();
        open.push(new Shard(root, 0, 0));
        long shards = 1;
        long count = 0;
        while (!open.isEmpty()) {
            Shard shard = open.element();
            if (shard.next == shard.node.links().size()) {
                open.pop();
                continue;
            }
            PbLink link = shard.node.links().get(shard.next++);
            byte[] label = bytes(link);
            if (label.length == shard.prefix) {
                open.push(shard.child(link));
                requireFew(++shards, "shards");
            } else {
                byte[] name = Arrays.copyOfRange(label, shard.prefix, label.length);
                shard.requireBucketOf(name, label);
                requireFew(++count, "entries");
                entries.accept(entry(name, link));
            }
        }
    }

    private void requireFew(long count, String what) {
        if (count > limits.entries()) {
            throw ContentException.tooLarge("The directory has more than " + limits.entries() + " " + what);
        }
    }

    private static DirectoryEntry entry(byte[] name, PbLink link) {
        Names.check(name);
        return new DirectoryEntry(new String(name, java.nio.charset.StandardCharsets.UTF_8), link.cid(), link.tsize());
    }

    private static byte[] bytes(PbLink link) {
        byte[] name = link.nameBytes();
        return name == null ? new byte[0] : name;
    }

    /** One shard, and the bits of the hashes that lead to it. */
    private final class Shard {
        private final Node node;
        private final int level;
        private final long path;
        private final int fanout;
        private final int prefix;
        private int next;

        Shard(Node node, int level, long path) {
            UnixFsData data = node.data();
            if (data == null || data.type() != UnixFsData.Type.HAMT_SHARD) {
                throw node.malformed("a " + node.type() + " stands where a shard should be");
            }
            this.node = node;
            this.level = level;
            this.path = path;
            this.fanout = Hamt.fanout(data);
            this.prefix = Hamt.prefixLength(fanout);
            if (level >= Hamt.levels(fanout)) {
                throw node.malformed("the directory is deeper than its hashes have bits");
            }
            requireBuckets(data.data());
        }

        /** The set bits must be exactly the buckets of the links, in order: else readers would not see the same. */
        private void requireBuckets(byte[] bitfield) {
            List<PbLink> links = node.links();
            int set = 0;
            for (byte bits : bitfield) {
                set += Integer.bitCount(bits & 0xff);
            }
            int last = -1;
            for (PbLink link : links) {
                int bucket = Hamt.parsePrefix(bytes(link), fanout);
                int at = bitfield.length - 1 - bucket / 8;
                if (bucket <= last || at < 0 || ((bitfield[at] >> (bucket % 8)) & 1) == 0) {
                    throw node.malformed("bucket " + bucket + " is out of order or not in its bitfield");
                }
                last = bucket;
            }
            if (set != links.size()) {
                throw node.malformed("its bitfield has " + set + " buckets, but there are " + links.size() + " links");
            }
        }

        @Nullable
        PbLink linkOf(int bucket) {
            for (PbLink link : node.links()) {
                if (Hamt.parsePrefix(bytes(link), fanout) == bucket) {
                    return link;
                }
            }
            return null;
        }

        Shard child(PbLink link) throws IOException {
            int bucket = Hamt.parsePrefix(bytes(link), fanout);
            Node child = Node.load(source, link.cid(), verifier);
            Shard shard = new Shard(child, level + 1, (path << Integer.numberOfTrailingZeros(fanout)) + bucket);
            if (shard.fanout != fanout) {
                throw child.malformed("its fanout " + shard.fanout + " is not that of the shard above, " + fanout);
            }
            return shard;
        }

        void requireBucketOf(byte[] name, byte[] label) {
            long hash = Murmur3.hash64(name);
            long at = path;
            boolean right = Hamt.bucket(hash, level, fanout) == Hamt.parsePrefix(label, fanout);
            for (int above = level - 1; above >= 0; above--) {
                right &= Hamt.bucket(hash, above, fanout) == (int) (at & (fanout - 1));
                at >>>= Integer.numberOfTrailingZeros(fanout);
            }
            if (!right) {
                throw node.malformed("the name " + Names.shown(name) + " stands in a bucket its hash does not lead to");
            }
        }
    }
}
