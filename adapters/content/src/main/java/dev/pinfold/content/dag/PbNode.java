package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Varint;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A dag-pb node: named links and data.
 *
 * <p>Reading accepts what other implementations accept (data before or after the links) and nothing else: unknown,
 * repeated or disordered fields are refused. Writing gives the canonical form: links first, sorted by name bytes, equal
 * names in the given order. Source: ipld/specs, DAG-PB.
 *
 * @param links in the order of the node
 * @param data null when absent; not to be changed
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Equality is by content, below; a copy per link would cost more than it protects.
public record PbNode(List<PbLink> links, byte @Nullable [] data) {
    private static final Comparator<PbLink> BY_NAME = (a, b) -> Arrays.compareUnsigned(orEmpty(a), orEmpty(b));

    /** A node; the list is copied, the data is not. */
    public PbNode {
        links = List.copyOf(links);
    }

    /** Reads a node. Throws MALFORMED. */
    public static PbNode read(byte[] bytes) {
        List<PbLink> links = new ArrayList<>();
        byte[] data = null;
        boolean linksEnded = false;
        ProtoReader in = new ProtoReader("dag-pb node", bytes, 0, bytes.length);
        while (in.hasNext()) {
            int field = in.field();
            if (field == 1 && data == null) {
                in.require(ProtoReader.BYTES, "Data");
                data = in.bytes();
                linksEnded = !links.isEmpty();
            } else if (field == 2 && !linksEnded) {
                in.require(ProtoReader.BYTES, "Links");
                int start = in.span();
                links.add(link(bytes, start, in.position()));
            } else {
                throw in.malformed(
                        field == 1 || field == 2 ? "Data or Links come in two parts" : "unknown field " + field);
            }
        }
        return new PbNode(links, data);
    }

    /** Gives the CID of every link to {@code links}, in order. */
    static void links(byte[] bytes, Consumer<Cid> links) {
        for (PbLink link : read(bytes).links()) {
            links.accept(link.cid());
        }
    }

    private static PbLink link(byte[] bytes, int start, int end) {
        ProtoReader in = new ProtoReader("dag-pb link", bytes, start, end);
        Cid cid = null;
        byte[] name = null;
        long tsize = -1;
        int last = 0;
        while (in.hasNext()) {
            int field = in.field();
            if (field <= last || field > 3) {
                throw in.malformed("field " + field + " is unknown, repeated or out of order");
            }
            last = field;
            switch (field) {
                case 1 -> {
                    in.require(ProtoReader.BYTES, "Hash");
                    cid = cid(in, bytes);
                }
                case 2 -> {
                    in.require(ProtoReader.BYTES, "Name");
                    name = in.bytes();
                }
                default -> {
                    in.require(ProtoReader.VARINT, "Tsize");
                    tsize = tsize(in);
                }
            }
        }
        if (cid == null) {
            throw in.malformed("a link has no Hash");
        }
        return new PbLink(cid, name, tsize);
    }

    private static Cid cid(ProtoReader in, byte[] bytes) {
        int start = in.span();
        Cid cid = Cid.readPrefix(bytes, start, in.position());
        if (start + cid.size() != in.position()) {
            throw in.malformed("there are bytes after the CID of a link");
        }
        return cid;
    }

    private static long tsize(ProtoReader in) {
        long tsize = in.varint();
        if (tsize < 0) {
            throw in.malformed("Tsize " + Long.toUnsignedString(tsize) + " is beyond 2^63");
        }
        return tsize;
    }

    /** The canonical bytes of this node. */
    public byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        List<PbLink> sorted = new ArrayList<>(links);
        sorted.sort(BY_NAME);
        for (PbLink link : sorted) {
            writeField(out, 2, link(link));
        }
        if (data != null) {
            writeField(out, 1, data);
        }
        return out.toByteArray();
    }

    private static byte[] link(PbLink link) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        writeField(out, 1, link.cid().bytes());
        if (link.nameBytes() != null) {
            writeField(out, 2, link.nameBytes());
        }
        if (link.tsize() >= 0) {
            out.write(3 << 3);
            out.writeBytes(Varint.encode(link.tsize()));
        }
        return out.toByteArray();
    }

    private static void writeField(ByteArrayOutputStream out, int field, byte[] bytes) {
        out.write(field << 3 | ProtoReader.BYTES);
        out.writeBytes(Varint.encode(bytes.length));
        out.writeBytes(bytes);
    }

    private static byte[] orEmpty(PbLink link) {
        return link.nameBytes() == null ? new byte[0] : link.nameBytes();
    }

    /** The data, which must be there. Throws MALFORMED. */
    public byte[] requireData() {
        if (data == null) {
            throw ContentException.malformed("A dag-pb node has no data, so it is not UnixFS");
        }
        return data;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PbNode that && links.equals(that.links) && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return links.hashCode() + 31 * Arrays.hashCode(data);
    }
}
