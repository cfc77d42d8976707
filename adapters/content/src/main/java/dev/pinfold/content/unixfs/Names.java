package dev.pinfold.content.unixfs;

import dev.pinfold.content.ContentException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which names may stand in a directory: never one that could lead out of it. */
final class Names {
    private static final int MAX_NAME = 4096;
    private static final int MAX_DEPTH = 256;

    private Names() {}

    /** Throws MALFORMED for an empty name, {@code .}, {@code ..}, or one with a slash or a zero byte. */
    static void check(byte[] name) {
        boolean dots = Arrays.equals(name, new byte[] {'.'}) || Arrays.equals(name, new byte[] {'.', '.'});
        boolean bad = name.length == 0 || dots || name.length > MAX_NAME;
        for (byte next : name) {
            bad |= next == '/' || next == 0;
        }
        if (bad) {
            throw ContentException.malformed("Unsafe name in a directory: " + shown(name)
                    + ". A name is not empty, not \".\" or \"..\", has no slash or zero byte, and at most " + MAX_NAME
                    + " bytes");
        }
    }

    /** The segments of a path, each checked. A leading slash, doubled slashes and a trailing slash do not matter. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (!segment.isEmpty()) {
                check(segment.getBytes(StandardCharsets.UTF_8));
                segments.add(segment);
            }
        }
        if (segments.size() > MAX_DEPTH) {
            throw ContentException.tooLarge(
                    "The path has " + segments.size() + " segments; at most " + MAX_DEPTH + " are allowed");
        }
        return segments;
    }

    static String shown(byte[] name) {
        String text = new String(name, 0, Math.min(name.length, 80), StandardCharsets.UTF_8);
        return '"' + text.replaceAll("\\p{Cntrl}", "?") + (name.length > 80 ? "…" : "") + '"';
    }
}
