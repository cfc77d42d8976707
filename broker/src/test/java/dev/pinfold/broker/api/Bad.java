package dev.pinfold.broker.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that must be refused.
 *
 * @param what names the row
 * @param status the answer's status
 * @param word stands in the answer's details
 * @param request the bytes sent, one character each; TOKEN, READER, REVOKED, OPERATOR and PIN are filled in
 */
record Bad(String what, int status, String word, String request) {
    private static final String END = "\r\n";

    @Override
    public String toString() {
        return what;
    }

    /** A body for POST /pins. */
    static Bad body(int status, String word, String body) {
        return post(short_("body " + body), status, word, "/pins", utf8(body));
    }

    static Bad post(String what, int status, String word, String path, String body, String... headers) {
        return new Bad(what, status, word, request("POST", path, "TOKEN", body, headers));
    }

    static Bad get(int status, String word, String path, String... headers) {
        return new Bad("GET " + short_(path), status, word, request("GET", path, "TOKEN", null, headers));
    }

    static Bad call(int status, String word, String method, String path, String... headers) {
        return new Bad(method + " " + short_(path), status, word, request(method, path, "TOKEN", null, headers));
    }

    static Bad operator(int status, String word, String path, String body) {
        return new Bad(
                "POST " + path + " " + short_(body), status, word, request("POST", path, "OPERATOR", utf8(body)));
    }

    /** A request with another Authorization than usual. */
    static Bad authorization(int status, String word, String... lines) {
        String request = "GET /pins HTTP/1.1" + END + "Host: x" + END
                + Arrays.stream(lines).map(line -> line + END).collect(Collectors.joining()) + "Connection: close"
                + END + END;
        return new Bad(short_("headers " + String.join(" | ", lines)), status, word, request);
    }

    static Bad upload(String what, int status, String word, String type, String body) {
        return post(what, status, word, "/api/v1/content", body, "Content-Type: " + type);
    }

    static Bad raw(String what, int status, String word, String... lines) {
        return new Bad(what, status, word, String.join(END, lines).replace("AUTH", "Authorization: Bearer TOKEN"));
    }

    /** A multipart body of files named so. */
    static String multipart(List<String> names) {
        StringBuilder body = new StringBuilder();
        for (String name : names) {
            body.append("--b")
                    .append(END)
                    .append("Content-Disposition: form-data; name=\"file\"; filename=\"")
                    .append(name)
                    .append("\"")
                    .append(END)
                    .append("Content-Type: text/plain")
                    .append(END)
                    .append(END)
                    .append("content")
                    .append(END);
        }
        return body.append("--b--").append(END).toString();
    }

    static String request(String method, String path, String token, @Nullable String body, String... headers) {
        boolean typed = Arrays.stream(headers).anyMatch(h -> h.startsWith("Content-Type"));
        StringBuilder text = new StringBuilder(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1")
                .append(END)
                .append("Host: x")
                .append(END)
                .append("Authorization: Bearer ")
                .append(token)
                .append(END);
        for (String header : headers) {
            text.append(header).append(END);
        }
        if (body != null) {
            if (!typed) {
                text.append("Content-Type: application/json").append(END);
            }
            text.append("Content-Length: ").append(body.length()).append(END);
        }
        return text.append("Connection: close")
                .append(END)
                .append(END)
                .append(body == null ? "" : body)
                .toString();
    }

    /** Text as its UTF-8 bytes, one character each. */
    static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    static String bytes(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String short_(String text) {
        String safe = text.replaceAll("[^ -~]", "?");
        return safe.length() <= 90 ? safe : safe.substring(0, 80) + "... (" + text.length() + ")";
    }
}
