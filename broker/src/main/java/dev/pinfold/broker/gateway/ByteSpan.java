package dev.pinfold.broker.gateway;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a content, as the header {@code Range} asks for it (RFC 9110). Of several ranges the first is served.
 *
 * @param from the first byte
 * @param to the byte after the last
 * @param size of the whole content
 */
record ByteSpan(long from, long to, long size) {
    private static final Pattern FIRST =
            Pattern.compile("bytes=\\s*(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))\\s*(?:,.*)?");

    /** Empty when there is no range, or one that cannot be read: then the whole content is meant. */
    static Optional<ByteSpan> of(@Nullable String header, long size) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher range = FIRST.matcher(header.strip());
        if (!range.matches()) {
            return Optional.empty();
        }
        if (range.group(3) != null) {
            long last = Math.min(Long.parseLong(range.group(3)), size);
            return Optional.of(satisfiable(size - last, size, size));
        }
        long from = Long.parseLong(range.group(1));
        if (range.group(2) == null) {
            return Optional.of(satisfiable(from, size, size));
        }
        long last = Long.parseLong(range.group(2));
        return last < from ? Optional.empty() : Optional.of(satisfiable(from, Math.min(last + 1, size), size));
    }

    private static ByteSpan satisfiable(long from, long to, long size) {
        if (from >= to) {
            throw new Unsatisfiable(size);
        }
        return new ByteSpan(from, to, size);
    }

    /** The range lies outside of the content. */
    static final class Unsatisfiable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long size;

        Unsatisfiable(long size) {
            super("the range lies outside of the content, which has " + size + " bytes");
            this.size = size;
        }

        long size() {
            return size;
        }
    }

    long length() {
        return to - from;
    }

    /** The header {@code Content-Range}. */
    String contentRange() {
        return "bytes " + from + "-" + (to - 1) + "/" + size;
    }
}
