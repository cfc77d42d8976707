package dev.pinfold.content.unixfs;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.dag.PbLink;
import dev.pinfold.content.dag.PbNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A proven block read as UnixFS. A raw block is a file without links. {@code data} is null for raw blocks only. */
record Node(Cid cid, List<PbLink> links, @Nullable UnixFsData data, Block block) {
    static Node load(BlockSource source, Cid cid, Verifier verifier) throws IOException {
        requireUnixFs(cid);
        return of(cid, source.block(cid, verifier));
    }

    /** Reads a proven block as the codec of the link that led to it says. */
    static Node of(Cid cid, Block block) {
        requireUnixFs(cid);
        if (cid.codec() == Codec.RAW) {
            return new Node(cid, List.of(), null, block);
        }
        try {
            PbNode node = PbNode.read(block.bytes());
            return new Node(cid, node.links(), UnixFsData.read(node.requireData()), block);
        } catch (ContentException e) {
            throw new ContentException(e.kind(), "Block " + cid + ": " + e.getMessage(), e);
        }
    }

    private static void requireUnixFs(Cid cid) {
        if (cid.codec() != Codec.RAW && cid.codec() != Codec.DAG_PB) {
            throw new ContentException(
                    Kind.WRONG_TYPE,
                    "Block " + cid + " is " + Codec.name(cid.codec()) + ", not a UnixFS file or directory");
        }
    }

    UnixFsData.Type type() {
        return data == null ? UnixFsData.Type.RAW : data.type();
    }

    boolean isFile() {
        return type() == UnixFsData.Type.RAW || type() == UnixFsData.Type.FILE;
    }

    /** The file bytes in this very block. */
    byte[] inline() {
        return data == null ? block.bytes() : data.data();
    }

    /** The bytes of the file from here down. Throws MALFORMED when the numbers of this node do not agree. */
    long fileSize() {
        if (data == null) {
            return block.size();
        }
        if (data.blockSizes().size() != links.size()) {
            throw malformed(
                    "it has " + links.size() + " links but " + data.blockSizes().size() + " sizes");
        }
        long sum = data.data().length;
        for (long size : data.blockSizes()) {
            sum += size;
            if (sum < 0) {
                throw malformed("its parts have more than 2^63 bytes");
            }
        }
        if (data.fileSize() >= 0 && data.fileSize() != sum) {
            throw malformed("it claims " + data.fileSize() + " bytes, but its parts have " + sum);
        }
        return sum;
    }

    ContentException malformed(String why) {
        return ContentException.malformed("Block " + cid + ": the UnixFS node is wrong, " + why);
    }
}
