package dev.pinfold.content.dag;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The links of a block, whatever its codec. */
public final class Links {
    private Links() {}

    /** The links of {@code block} in their order, repetitions included. Throws as {@link #of(Cid, byte[])}. */
    public static List<Cid> of(Block block) {
        return of(block.cid(), block.bytes());
    }

    /**
     * The links of {@code bytes} read as the codec of {@code cid} says, in their order, repetitions included.
     *
     * @throws ContentException MALFORMED or TOO_LARGE as the codec's reader does; UNSUPPORTED for a codec not known here,
     *     whose links therefore cannot be followed
     */
    public static List<Cid> of(Cid cid, byte[] bytes) {
        List<Cid> links = new ArrayList<>();
        try {
            read(cid.codec(), bytes, links::add);
        } catch (ContentException e) {
            throw new ContentException(e.kind(), "Block " + cid + ": " + e.getMessage(), e);
        }
        return links;
    }

    /** Whether blocks of this codec never have links, so that having the block is enough. */
    public static boolean none(long codec) {
        return codec == Codec.RAW || codec == Codec.LIBP2P_KEY || codec == Codec.CBOR || codec == Codec.JSON;
    }

    private static void read(long codec, byte[] bytes, Consumer<Cid> links) {
        if (codec == Codec.DAG_PB) {
            PbNode.links(bytes, links);
        } else if (codec == Codec.DAG_CBOR) {
            DagCbor.links(bytes, links);
        } else if (codec == Codec.DAG_JSON) {
            DagJson.links(bytes, links);
        } else if (!none(codec)) {
            throw ContentException.unsupported("links of codec " + Codec.name(codec)
                    + " cannot be followed here; dag-pb, dag-cbor, dag-json and raw can");
        }
    }
}
