package dev.pinfold.broker.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which bytes of something a request asks for (RFC 9110, section 14). */
sealed interface ByteRange {
    Pattern SINGLE = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*", Pattern.CASE_INSENSITIVE);

    /** Everything: no range was asked for, or one that is not understood and therefore ignored. */
    record All() implements ByteRange {}

    /** At least one byte. */
    record Part(long first, long length) implements ByteRange {}

    /** A range of which nothing exists: to be refused. */
    record None() implements ByteRange {}

    /**
     * Reads a Range header. Several ranges at once are ignored, as the RFC allows.
     *
     * @param size of the whole
     */
    static ByteRange of(@Nullable String header, long size) {
        Matcher range = SINGLE.matcher(header == null ? "" : header);
        if (!range.matches() || (range.group(1) + range.group(2)).isEmpty()) {
            return new All();
        }
        if (range.group(1).isEmpty()) {
            long last = Math.min(Long.parseLong(range.group(2)), size);
            return last == 0 ? new None() : new Part(size - last, last);
        }
        long first = Long.parseLong(range.group(1));
        long end = range.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(range.group(2)), size - 1);
        if (!range.group(2).isEmpty() && Long.parseLong(range.group(2)) < first) {
            return new All();
        }
        return first >= size ? new None() : new Part(first, end - first + 1);
    }

    /** Whether an If-None-Match header names this entity tag, or any. */
    static boolean matches(@Nullable String header, String etag) {
        if (header == null) {
            return false;
        }
        for (String each : header.split(",", -1)) {
            String tag = each.strip();
            if (tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag)) {
                return true;
            }
        }
        return false;
    }
}
