package dev.pinfold.broker.gateway;

import dev.pinfold.broker.api.Shown;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a reader asked for, read from the URL and the headers.
 *
 * @param url the path as it was written, percent-encoded, without the query
 * @param query the query as it was written; null when there was none
 * @param segments the names below the root, decoded
 * @param slash whether the path ends in a slash
 * @param formatInUrl whether {@code format} of the query chose the format, and not Accept
 * @param filename null when the query names none
 * @param car how a CAR is wanted; meaningful for {@link Format#CAR}
 */
record GatewayRequest(
        boolean head,
        String url,
        @Nullable String query,
        Cid root,
        List<String> segments,
        boolean slash,
        Format format,
        boolean formatInUrl,
        @Nullable String filename,
        boolean download,
        CarParameters car,
        Headers headers) {
    private static final String PREFIX = "/ipfs/";

    /** The headers that matter; null where there was none. */
    record Headers(
            @Nullable String range,
            @Nullable String ifRange,
            @Nullable String ifNoneMatch,
            boolean onlyIfCached,
            boolean serviceWorker) {}

    GatewayRequest {
        segments = List.copyOf(segments);
    }

    /** Throws a {@code BrokerException} that says what is wrong with it. */
    static GatewayRequest of(HttpServerRequest request) {
        String url = encoded(String.valueOf(request.path()));
        if (!url.startsWith(PREFIX)) {
            throw Refusal.bad("the path begins with /ipfs/");
        }
        String[] parts = url.substring(PREFIX.length()).split("/", -1);
        List<String> segments = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            if (!parts[i].isEmpty()) {
                segments.add(decoded(parts[i]));
            }
        }
        MultiMap query = request.params();
        Accept accept = Accept.of(request.getHeader(HttpHeaders.ACCEPT));
        String wanted = query.get("format");
        Format format = wanted == null ? accept.first() : format(wanted);
        return new GatewayRequest(
                HttpMethod.HEAD.equals(request.method()),
                url,
                request.query(),
                cid(decoded(parts[0])),
                segments,
                url.endsWith("/"),
                format,
                wanted != null,
                query.get("filename"),
                "true".equals(query.get("download")),
                format == Format.CAR ? CarParameters.of(query, accept) : CarParameters.DEFAULT,
                headers(request));
    }

    private static Headers headers(HttpServerRequest request) {
        String cache = request.getHeader(HttpHeaders.CACHE_CONTROL);
        return new Headers(
                request.getHeader("Range"),
                request.getHeader("If-Range"),
                request.getHeader(HttpHeaders.IF_NONE_MATCH),
                cache != null && cache.toLowerCase(Locale.ROOT).contains("only-if-cached"),
                "script".equals(request.getHeader("Service-Worker")));
    }

    private static Cid cid(String text) {
        try {
            return Cid.parse(text);
        } catch (ContentException e) {
            throw Refusal.bad("the path: " + e.getMessage());
        }
    }

    private static Format format(String word) {
        return Format.ofWord(word)
                .orElseThrow(() -> Refusal.bad("format '" + Shown.of(word) + "' is not known; it is raw, car, dag-json,"
                        + " dag-cbor, json or cbor, or left out for the content as it is"));
    }

    /** What was sent as bare bytes, percent-encoded, so that it can stand in a header. */
    private static String encoded(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char next = path.charAt(i);
            if (next > ' ' && next < 0x7f) {
                out.append(next);
            } else if (next < 0x100) {
                out.append(String.format(Locale.ROOT, "%%%02X", (int) next));
            } else {
                throw Refusal.bad("the path is not percent-encoded UTF-8");
            }
        }
        return out.toString();
    }

    /** Turns percent-encoded UTF-8 into text; a plus is a plus. */
    private static String decoded(String segment) {
        ByteBuffer bytes = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char next = segment.charAt(i);
            if (next == '%') {
                int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
                int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw Refusal.bad("the path has a % that is not followed by two hexadecimal digits");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put((byte) next);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw Refusal.bad("the path is not percent-encoded UTF-8");
        }
    }

    /** The path below the root, decoded, without a slash at either end. */
    String path() {
        return String.join("/", segments);
    }

    /** By which name the content is known to the reader; empty when by none. */
    String name() {
        if (filename != null) {
            return filename;
        }
        return segments.isEmpty() ? "" : segments.getLast();
    }
}
