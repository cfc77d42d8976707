package dev.pinfold.conformance.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as a check means it, before the transport adds the host.
 *
 * @param method HTTP method in upper case
 * @param target path and query below the endpoint's base, starting with "/", already percent-encoded
 * @param headers request headers; an Authorization header given here is the one that is sent
 * @param body the request body, or null for none
 * @param chunked whether the body travels without Content-Length
 */
@SuppressWarnings("ArrayRecordComponent")
public record Ask(String method, String target, Map<String, String> headers, byte @Nullable [] body, boolean chunked) {
    public Ask {
        headers = new LinkedHashMap<>(headers);
    }

    public static Ask of(String method, String target) {
        return new Ask(method, target, Map.of(), null, false);
    }

    /** The same request with one header set, or with that header absent when the value is null. */
    public Ask with(String name, @Nullable String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.keySet().removeIf(name::equalsIgnoreCase);
        if (value != null) {
            changed.put(name, value);
        }
        return new Ask(method, target, changed, body, chunked);
    }

    public Ask json(String text) {
        return new Ask(method, target, headers, text.getBytes(StandardCharsets.UTF_8), chunked)
                .with("Content-Type", "application/json");
    }

    public Ask withoutLength() {
        return new Ask(method, target, headers, body, true);
    }
}
