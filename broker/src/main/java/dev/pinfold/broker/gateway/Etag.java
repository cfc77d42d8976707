package dev.pinfold.broker.gateway;

import org.jspecify.annotations.Nullable;

/** Comparing entity tags (RFC 9110). */
final class Etag {
    private Etag() {}

    /** Whether {@code If-None-Match} names this tag, weak or strong, or every one. */
    static boolean matches(@Nullable String header, String tag) {
        if (header == null) {
            return false;
        }
        for (String one : header.split(",", -1)) {
            String bare = one.strip().replaceFirst("^W/", "");
            if (bare.equals("*") || bare.equals(tag)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a range may be served under {@code If-Range}: only when it names exactly this tag. */
    static boolean allowsRange(@Nullable String ifRange, String tag) {
        return ifRange == null || ifRange.strip().equals(tag);
    }
}
