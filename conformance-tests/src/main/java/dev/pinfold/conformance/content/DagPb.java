package dev.pinfold.conformance.content;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes dag-pb blocks: the nodes that files and directories are made of. Source: ipld.io/specs/codecs/dag-pb. */
public final class DagPb {
    private DagPb() {}

    /** A named link; {@code size} is what the node says about everything below it. */
    public record Link(String name, Cids.Cid cid, long size) {}

    /** One block taken apart; {@code data} is empty when the node has none. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Node(List<Link> links, byte[] data) {
        public Node {
            links = List.copyOf(links);
        }
    }

    /** The node; empty when the bytes are not dag-pb. */
    public static Optional<Node> read(byte[] block) {
        List<Link> links = new ArrayList<>();
        byte[] data = new byte[0];
        int at = 0;
        while (at < block.length) {
            Optional<Protobuf.Field> field = Protobuf.field(block, at);
            if (field.isEmpty()) {
                return Optional.empty();
            }
            if (field.get().number() == 1) {
                data = field.get().bytes();
            }
            if (field.get().number() == 2) {
                Optional<Link> link = link(field.get().bytes());
                if (link.isEmpty()) {
                    return Optional.empty();
                }
                links.add(link.get());
            }
            at = field.get().end();
        }
        return Optional.of(new Node(links, data));
    }

    private static Optional<Link> link(byte[] message) {
        Optional<Cids.Cid> cid = Optional.empty();
        String name = "";
        long size = 0;
        int at = 0;
        while (at < message.length) {
            Optional<Protobuf.Field> field = Protobuf.field(message, at);
            if (field.isEmpty()) {
                return Optional.empty();
            }
            switch (field.get().number()) {
                case 1 -> cid = Cids.read(field.get().bytes(), 0);
                case 2 -> name = new String(field.get().bytes(), StandardCharsets.UTF_8);
                case 3 -> size = field.get().value();
                default -> {}
            }
            at = field.get().end();
        }
        String called = name;
        long says = size;
        return cid.map(target -> new Link(called, target, says));
    }

    /** The block in its canonical form: links in the given order, then the data. */
    public static byte[] write(Node node) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Link link : node.links()) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            Protobuf.bytes(message, 1, link.cid().bytes());
            Protobuf.bytes(message, 2, link.name().getBytes(StandardCharsets.UTF_8));
            Protobuf.number(message, 3, link.size());
            Protobuf.bytes(out, 2, message.toByteArray());
        }
        Protobuf.bytes(out, 1, node.data());
        return out.toByteArray();
    }
}
