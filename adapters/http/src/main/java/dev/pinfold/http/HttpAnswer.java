package dev.pinfold.http;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** An answer, read whole. Its text is what the other side wrote: neither bounded for show nor free of secrets. */
@SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {
    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether the status is 2xx. */
    public boolean success() {
        return status >= 200 && status < 300;
    }

    /** The first header of this name, empty where there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
