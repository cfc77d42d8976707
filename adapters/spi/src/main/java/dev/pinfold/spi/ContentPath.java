package dev.pinfold.spi;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Paths below a root, as {@link Provider#part} takes them: names with {@code /} between them, empty for the root itself. */
public final class ContentPath {
    private ContentPath() {}

    /** The path as it follows a root in a URL: percent-encoded, with a slash before each name; empty for the root itself. */
    public static String inUrl(String path) {
        return path.isEmpty()
                ? ""
                : Arrays.stream(path.split("/", -1))
                        .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8)
                                .replace("+", "%20")
                                .replace("%7E", "~"))
                        .collect(Collectors.joining("/", "/", ""));
    }

    /** Whether every name of the path stands for itself in a URL: those of dots mean steps there, and empty ones vanish. */
    public static boolean plain(String path) {
        return path.isEmpty()
                || Arrays.stream(path.split("/", -1))
                        .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    }
}
