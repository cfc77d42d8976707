package dev.pinfold.conformance.content;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The links of a dag-pb block: what is needed to know whether a DAG is complete. Source: ipld.io/specs/codecs/dag-pb. */
public final class DagPb {
    private DagPb() {}

    /** The links in order; empty optional when the bytes are not dag-pb. */
    public static Optional<List<Cids.Cid>> links(byte[] block) {
        List<Cids.Cid> links = new ArrayList<>();
        int at = 0;
        while (at < block.length) {
            Optional<Field> field = field(block, at);
            if (field.isEmpty() || field.get().value() == null) {
                return Optional.empty();
            }
            if (field.get().number() == 2) {
                Optional<Cids.Cid> link = hashOf(field.get().value());
                if (link.isEmpty()) {
                    return Optional.empty();
                }
                links.add(link.get());
            }
            at = field.get().end();
        }
        return Optional.of(links);
    }

    private static Optional<Cids.Cid> hashOf(byte[] link) {
        int at = 0;
        while (at < link.length) {
            Optional<Field> field = field(link, at);
            if (field.isEmpty()) {
                return Optional.empty();
            }
            if (field.get().number() == 1) {
                return Cids.read(field.get().value(), 0);
            }
            at = field.get().end();
        }
        return Optional.empty();
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Field(int number, byte[] value, int end) {}

    /** One protobuf field; a varint field has an empty value. */
    private static Optional<Field> field(byte[] data, int at) {
        Varint.Reader reader = new Varint.Reader(data, at);
        long tag = reader.next();
        long length = reader.next();
        if (tag < 0 || length < 0) {
            return Optional.empty();
        }
        int number = (int) (tag >>> 3);
        if ((tag & 7) == 0) {
            return Optional.of(new Field(number, new byte[0], reader.position()));
        }
        if ((tag & 7) != 2 || length > data.length - reader.position()) {
            return Optional.empty();
        }
        int end = reader.position() + (int) length;
        return Optional.of(new Field(number, Arrays.copyOfRange(data, reader.position(), end), end));
    }
}
