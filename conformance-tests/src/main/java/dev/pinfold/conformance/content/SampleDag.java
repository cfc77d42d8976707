package dev.pinfold.conformance.content;

import dev.pinfold.conformance.content.DagPb.Link;
import dev.pinfold.conformance.content.DagPb.Node;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A small tree with one of everything that gateways must walk: a file of several blocks on three levels, nested
 * directories, a sharded directory, content that occurs twice, and an identity CID. It is the same for ever, so that a
 * gateway which imported it once can be judged with it.
 */
public final class SampleDag {
    private static final int LEAF = 512;
    private static final int LINKS_OF_A_FILE_NODE = 3;

    private final Map<String, byte[]> blocks = new LinkedHashMap<>();
    private final Cids.Cid root;

    private SampleDag() {
        Link pattern = file("pattern.bin", pattern(7 * LEAF + 100));
        Link copy = file("copy-a.bin", pattern(LEAF + 20));
        Link first = leaf("first.txt", text("A name with a space is on the way to this file.\n"));
        this.root = directory(
                        "",
                        directory("again", copy, renamed(copy, "copy-b.bin")),
                        leaf("hello.txt", text("Hello from a small tree that gateways are tried with.\n")),
                        new Link("inline.txt", cid(Cids.identity(text("in the CID itself\n"))), 18),
                        directory("notes", directory("chapter one", first)),
                        pattern,
                        sharded(pattern))
                .cid();
    }

    public static SampleDag create() {
        return new SampleDag();
    }

    public Cids.Cid root() {
        return root;
    }

    /** Every block by its CID as text; nothing for the identity CID. */
    public Map<String, byte[]> blocks() {
        return Map.copyOf(blocks);
    }

    /** The tree as a CARv1 file. */
    public byte[] car() {
        List<CarFile.Section> sections = new ArrayList<>();
        sections.add(section(root.text()));
        blocks.keySet().stream()
                .filter(text -> !text.equals(root.text()))
                .map(this::section)
                .forEach(sections::add);
        return CarFile.write(root, sections);
    }

    private CarFile.Section section(String text) {
        return new CarFile.Section(cid(text), Objects.requireNonNull(blocks.get(text)));
    }

    private Link leaf(String name, byte[] data) {
        String text = Cids.v1(Cids.RAW, data);
        blocks.put(text, data);
        return new Link(name, cid(text), data.length);
    }

    private Link node(String name, List<Link> links, UnixFs meaning) {
        byte[] block = DagPb.write(new Node(links, meaning.write()));
        String text = Cids.v1(Cids.DAG_PB, block);
        blocks.put(text, block);
        return new Link(
                name,
                cid(text),
                block.length + links.stream().mapToLong(Link::size).sum());
    }

    private Link directory(String name, Link... entries) {
        List<Link> sorted = new ArrayList<>(List.of(entries));
        sorted.sort(Comparator.comparing(Link::name));
        return node(name, sorted, UnixFs.directory());
    }

    /** A node being built: its link, and how many bytes of the file are below it. */
    private record Part(Link link, long bytes) {}

    private Link file(String name, byte[] data) {
        List<Part> level = new ArrayList<>();
        for (int at = 0; at < data.length; at += LEAF) {
            byte[] piece = java.util.Arrays.copyOfRange(data, at, Math.min(data.length, at + LEAF));
            level.add(new Part(leaf("", piece), piece.length));
        }
        while (level.size() > 1) {
            List<Part> above = new ArrayList<>();
            for (int at = 0; at < level.size(); at += LINKS_OF_A_FILE_NODE) {
                List<Part> below = level.subList(at, Math.min(level.size(), at + LINKS_OF_A_FILE_NODE));
                UnixFs meaning = UnixFs.file(below.stream().map(Part::bytes).toList());
                above.add(new Part(node("", below.stream().map(Part::link).toList(), meaning), meaning.size()));
            }
            level = above;
        }
        return renamed(level.getFirst().link(), name);
    }

    /** A sharded directory whose names need more than one level, and which holds the file of several blocks as well. */
    private Link sharded(Link large) {
        List<Link> entries = new ArrayList<>(List.of(renamed(large, "large.bin")));
        for (int i = 1; i <= 24; i++) {
            entries.add(leaf("entry-" + i + ".txt", text("entry " + i + " of the sharded directory\n")));
        }
        return shard("sharded", entries, 0);
    }

    private Link shard(String name, List<Link> entries, int depth) {
        Map<Integer, List<Link>> places = new TreeMap<>();
        for (Link entry : entries) {
            long hash = Murmur3.hash(text(entry.name()));
            int place = (int) (hash >>> (56 - 8 * depth)) & 0xff;
            places.computeIfAbsent(place, at -> new ArrayList<>()).add(entry);
        }
        List<Link> links = new ArrayList<>();
        BigInteger taken = BigInteger.ZERO;
        for (Map.Entry<Integer, List<Link>> place : places.entrySet()) {
            String prefix = String.format("%02X", place.getKey());
            Link only = place.getValue().getFirst();
            links.add(
                    place.getValue().size() == 1
                            ? renamed(only, prefix + only.name())
                            : shard(prefix, place.getValue(), depth + 1));
            taken = taken.setBit(place.getKey());
        }
        byte[] bits = taken.toByteArray();
        return node(
                name, links, UnixFs.shard(bits[0] == 0 ? java.util.Arrays.copyOfRange(bits, 1, bits.length) : bits));
    }

    private static Link renamed(Link link, String name) {
        return new Link(name, link.cid(), link.size());
    }

    private static byte[] pattern(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31 + i / LEAF * 7);
        }
        return data;
    }

    private static Cids.Cid cid(String text) {
        return Cids.parse(text).orElseThrow();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
