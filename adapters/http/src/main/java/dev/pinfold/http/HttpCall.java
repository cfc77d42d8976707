package dev.pinfold.http;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, ready to be sent.
 *
 * @param headers credentials among them, so this is never shown
 * @param body null where the request has none; sent with whatever the method is, {@code GET} too
 * @param maxAnswerBytes the longest answer that is read
 */
public record HttpCall(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable BodyPublisher body,
        long maxAnswerBytes) {
    public HttpCall {
        headers = Map.copyOf(headers);
    }

    /** A request without a body. */
    public static HttpCall bare(String method, URI uri, Map<String, String> headers, long maxAnswerBytes) {
        return new HttpCall(method, uri, headers, null, maxAnswerBytes);
    }

    /** A request with these bytes as its body. */
    public static HttpCall with(String method, URI uri, Map<String, String> headers, byte[] body, long maxAnswerBytes) {
        return new HttpCall(method, uri, headers, BodyPublishers.ofByteArray(body), maxAnswerBytes);
    }

    @Override
    public String toString() {
        return method + " " + uri;
    }
}
