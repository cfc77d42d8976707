package dev.pinfold.conformance.reference;

import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.DagPb;
import dev.pinfold.conformance.content.SampleDag;
import dev.pinfold.conformance.content.UnixFs;
import dev.pinfold.conformance.content.UnixFs.Kind;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The blocks that the reference gateway holds, walked block by block as a gateway does. */
final class ReferenceTree {
    private final SampleDag sample = SampleDag.create();
    private final Map<String, byte[]> blocks = sample.blocks();
    private final Set<Defect> defects;

    ReferenceTree(Set<Defect> defects) {
        this.defects = defects;
    }

    String root() {
        return sample.root().text();
    }

    /** Where a path leads: the blocks on the way and what is at its end. */
    record Target(List<Cid> way, Cid cid) {}

    /** The bytes of a block; nothing for one that is not here. */
    Optional<byte[]> block(Cid cid) {
        return cid.identity() ? Optional.of(cid.digest()) : Optional.ofNullable(blocks.get(cid.text()));
    }

    byte[] held(Cid cid) {
        return block(cid).orElseThrow();
    }

    private DagPb.Node node(Cid cid) {
        return cid.codec() == Cids.DAG_PB
                ? DagPb.read(held(cid)).orElseThrow()
                : new DagPb.Node(List.of(), new byte[0]);
    }

    private UnixFs meaning(Cid cid) {
        return cid.codec() == Cids.DAG_PB
                ? UnixFs.read(node(cid).data()).orElseThrow()
                : new UnixFs(Kind.RAW, held(cid), held(cid).length, List.of());
    }

    boolean directory(Cid cid) {
        Kind kind = meaning(cid).kind();
        return kind == Kind.DIRECTORY || kind == Kind.SHARD;
    }

    Optional<Target> resolve(Cid root, List<String> names) {
        List<Cid> way = new ArrayList<>(List.of(root));
        for (String name : names) {
            if (!step(way, name)) {
                return Optional.empty();
            }
        }
        Cid cid = way.removeLast();
        return Optional.of(new Target(way, cid));
    }

    private boolean step(List<Cid> way, String name) {
        Cid here = way.getLast();
        boolean shard = meaning(here).kind() == Kind.SHARD;
        if (shard && defects.contains(Defect.GATEWAY_SHARDS_NOT_FOLLOWED)) {
            return false;
        }
        for (DagPb.Link link : node(here).links()) {
            if (link.name()
                    .equals(
                            shard
                                    ? link.name()
                                                    .substring(
                                                            0,
                                                            Math.min(
                                                                    2,
                                                                    link.name().length()))
                                            + name
                                    : name)) {
                way.add(link.cid());
                return true;
            }
            if (shard && link.name().length() == 2) {
                way.add(link.cid());
                if (step(way, name)) {
                    return true;
                }
                way.removeLast();
            }
        }
        return false;
    }

    /** {@code dag-scope=all}. */
    List<Cid> everything(Cid from, boolean everyTime) {
        List<Cid> order = new ArrayList<>();
        Set<String> met = new HashSet<>();
        everything(from, everyTime, order, met);
        return order;
    }

    private void everything(Cid cid, boolean everyTime, List<Cid> order, Set<String> met) {
        if (met.add(cid.text()) || everyTime) {
            order.add(cid);
            node(cid).links().forEach(link -> everything(link.cid(), everyTime, order, met));
        }
    }

    /** {@code dag-scope=entity}. */
    List<Cid> entity(Cid cid) {
        return switch (meaning(cid).kind()) {
            case RAW, FILE -> everything(cid, false);
            case DIRECTORY -> List.of(cid);
            case SHARD -> shards(cid);
            case METADATA, SYMLINK -> List.of(cid);
        };
    }

    private List<Cid> shards(Cid cid) {
        List<Cid> shards = new ArrayList<>(List.of(cid));
        if (!defects.contains(Defect.GATEWAY_ENTITY_FIRST_SHARD)) {
            node(cid).links().stream()
                    .filter(link -> link.name().length() == 2)
                    .forEach(link -> shards.addAll(shards(link.cid())));
        }
        return shards;
    }

    long size(Cid file) {
        return meaning(file).size();
    }

    /** The blocks that hold the bytes from..to of a file, both included. */
    List<Cid> range(Cid file, long from, long to) {
        List<Cid> order = new ArrayList<>();
        range(file, 0, from, to, order);
        return order;
    }

    private void range(Cid cid, long start, long from, long to, List<Cid> order) {
        order.add(cid);
        long at = start;
        List<DagPb.Link> links = node(cid).links();
        for (int i = 0; i < links.size(); i++) {
            long next = at + Objects.requireNonNull(meaning(cid).blockSizes().get(i));
            if (at <= to && from < next) {
                range(links.get(i).cid(), at, from, to, order);
            }
            at = next;
        }
    }

    byte[] file(Cid cid) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (node(cid).links().isEmpty()) {
            out.writeBytes(meaning(cid).data());
        }
        node(cid).links().forEach(link -> out.writeBytes(file(link.cid())));
        return out.toByteArray();
    }
}
