package dev.pinfold.psa;

import dev.pinfold.http.HttpCall;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, ready to be sent.
 *
 * @param purpose what it is for; decides what a failure means
 * @param headers credentials among them, so this is never shown
 * @param body JSON; null where the request has none
 * @param maxAnswerBytes the longest answer that is read
 */
@SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
record HttpAsk(Purpose purpose, URI uri, Map<String, String> headers, byte @Nullable [] body, long maxAnswerBytes) {
    HttpAsk {
        headers = Map.copyOf(headers);
    }

    /** The same, as it goes over the wire. */
    HttpCall call() {
        byte[] bytes = body;
        return bytes == null
                ? HttpCall.bare(purpose.method, uri, headers, maxAnswerBytes)
                : HttpCall.with(purpose.method, uri, headers, bytes, maxAnswerBytes);
    }

    /** A request without a body. */
    static HttpAsk bare(Purpose purpose, URI uri, Map<String, String> headers, long maxAnswerBytes) {
        return new HttpAsk(purpose, uri, headers, null, maxAnswerBytes);
    }

    /** What a request is for. */
    enum Purpose {
        ADD("POST", "the order"),
        GET("GET", "the look at a pin"),
        LIST("GET", "the list of pins"),
        DELETE("DELETE", "the removal of a pin"),
        BLOCK("GET", "the fetching of a block"),
        CAR("GET", "the fetching of a CAR");

        final String method;
        final String words;

        Purpose(String method, String words) {
            this.method = method;
            this.words = words;
        }
    }

    @Override
    public String toString() {
        return purpose.method + " " + uri;
    }
}
