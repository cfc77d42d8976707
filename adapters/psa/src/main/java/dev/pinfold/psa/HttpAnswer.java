package dev.pinfold.psa;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

/** An answer, read whole. */
@SuppressWarnings("ArrayRecordComponent") // Moved, never compared.
record HttpAnswer(int status, HttpHeaders headers, byte[] body) {
    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    boolean success() {
        return status >= 200 && status < 300;
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
