package dev.pinfold.conformance.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request and what came back: the evidence of every finding. Either {@code answer} or {@code failure} is present.
 *
 * @param url the whole URL that was asked, secrets replaced
 * @param ask the request, secrets replaced
 * @param failure the sentence that says why there is no answer
 */
public record Exchange(
        String url,
        Ask ask,
        @Nullable Answer answer,
        @Nullable String failure) {

    public boolean answered() {
        return answer != null;
    }

    /** The HTTP status, or 0 when no answer came. */
    public int status() {
        return answer == null ? 0 : answer.status();
    }

    public boolean success() {
        return status() >= 200 && status() < 300;
    }

    public Optional<String> header(String name) {
        return answer == null ? Optional.empty() : answer.header(name);
    }

    public String mediaType() {
        return answer == null ? "" : answer.mediaType();
    }

    public byte[] body() {
        return answer == null ? new byte[0] : answer.body();
    }

    public String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    public Duration took() {
        return answer == null ? Duration.ZERO : answer.took();
    }

    /** The body as JSON, or a missing node when it is not JSON within the limits of {@link Json}. */
    public JsonNode json() {
        return Json.parse(body()).orElse(MissingNode.getInstance());
    }

    /** "GET /pins?limit=1 → 200", for a line of a report. */
    public String summary() {
        return ask.method() + " " + ask.target() + " → " + (answer == null ? failure : answer.status());
    }
}
