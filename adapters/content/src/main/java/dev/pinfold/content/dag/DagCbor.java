package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the links of a DAG-CBOR block, refusing what is not DAG-CBOR.
 *
 * <p>The walk is iterative and at most {@value #MAX_DEPTH} levels deep. The order and uniqueness of map keys are not
 * checked, as other decoders do not either: they do not change the links.
 */
public final class DagCbor {
    /** The deepest nesting of arrays and maps that is accepted. */
    public static final int MAX_DEPTH = 1024;

    private DagCbor() {}

    /**
     * Gives every link in {@code bytes} to {@code links}, in the order of the bytes, repetitions included.
     *
     * @throws ContentException MALFORMED, or TOO_LARGE when nested deeper than {@value #MAX_DEPTH}
     */
    public static void links(byte[] bytes, Consumer<Cid> links) {
        CborReader in = new CborReader(bytes);
        Deque<Level> open = new ArrayDeque<>();
        value(in, open, links);
        while (!open.isEmpty()) {
            Level level = open.element();
            if (level.left == 0) {
                open.remove();
                continue;
            }
            level.left--;
            if (level.map) {
                if (in.head() != CborReader.TEXT) {
                    throw in.malformed("a map key must be a text");
                }
                in.text();
            }
            value(in, open, links);
        }
        if (!in.atEnd()) {
            throw in.malformed("there are bytes after the value");
        }
    }

    private static void value(CborReader in, Deque<Level> open, Consumer<Cid> links) {
        int major = in.head();
        switch (major) {
            case CborReader.BYTES -> in.skip();
            case CborReader.TEXT -> in.text();
            case CborReader.TAG -> links.accept(in.link());
            case CborReader.ARRAY, CborReader.MAP -> {
                if (open.size() >= MAX_DEPTH) {
                    throw ContentException.tooLarge(
                            "DAG-CBOR, byte " + in.position() + ": nested deeper than " + MAX_DEPTH + " levels");
                }
                open.push(new Level(in.argument(), major == CborReader.MAP));
            }
            default -> {
                // Numbers and simple values hold no links.
            }
        }
    }

    private static final class Level {
        private long left;
        private final boolean map;

        Level(long left, boolean map) {
            this.left = left;
            this.map = map;
        }
    }

    /**
     * Reads {@code {"roots":[link…],"version":n}}, the header of a CAR: both fields may come in any order, {@code roots}
     * may be absent (a CARv2 pragma), nothing else may be there.
     */
    public static RootsAndVersion rootsAndVersion(byte[] bytes) {
        CborReader in = new CborReader(bytes);
        if (in.head() != CborReader.MAP) {
            throw in.malformed("a map was expected");
        }
        List<Cid> roots = null;
        long version = -1;
        for (long left = in.argument(); left > 0; left--) {
            String key = in.head() == CborReader.TEXT ? in.text() : "";
            if (key.equals("version") && version < 0 && in.head() == CborReader.UNSIGNED) {
                version = in.argument();
            } else if (key.equals("roots") && roots == null) {
                roots = roots(in);
            } else {
                throw in.malformed("only one \"roots\" and one numeric \"version\" are allowed, found \"" + key + '"');
            }
        }
        if (!in.atEnd()) {
            throw in.malformed("there are bytes after the map");
        }
        return new RootsAndVersion(roots == null ? List.of() : roots, roots != null, version);
    }

    /** What a CAR header holds. {@code version} is −1 when it is missing. */
    public record RootsAndVersion(List<Cid> roots, boolean hasRoots, long version) {}

    private static List<Cid> roots(CborReader in) {
        if (in.head() != CborReader.ARRAY) {
            throw in.malformed("\"roots\" must be an array of links");
        }
        List<Cid> roots = new ArrayList<>();
        for (long left = in.argument(); left > 0; left--) {
            if (in.head() != CborReader.TAG) {
                throw in.malformed("\"roots\" must hold links only");
            }
            roots.add(in.link());
        }
        return roots;
    }

    /** Writes {@code {"roots":[…],"version":1}}. */
    public static byte[] writeRoots(List<Cid> roots) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        head(out, CborReader.MAP, 2);
        text(out, "roots");
        head(out, CborReader.ARRAY, roots.size());
        for (Cid root : roots) {
            head(out, CborReader.TAG, 42);
            head(out, CborReader.BYTES, root.size() + 1);
            out.write(0);
            out.writeBytes(root.bytes());
        }
        text(out, "version");
        head(out, CborReader.UNSIGNED, 1);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(out, CborReader.TEXT, bytes.length);
        out.writeBytes(bytes);
    }

    private static void head(ByteArrayOutputStream out, int major, int argument) {
        int top = major << 5;
        if (argument < 24) {
            out.write(top | argument);
        } else if (argument < 0x100) {
            out.write(top | 24);
            out.write(argument);
        } else if (argument < 0x10000) {
            out.write(top | 25);
            out.write(argument >> 8);
            out.write(argument);
        } else {
            out.write(top | 26);
            out.write(argument >> 24);
            out.write(argument >> 16);
            out.write(argument >> 8);
            out.write(argument);
        }
    }
}
