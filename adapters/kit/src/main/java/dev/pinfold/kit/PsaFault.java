package dev.pinfold.kit;

import java.time.Duration;
import java.util.Map;

/**
 * One way in which a {@link ScriptedPsa} treats a request other than it should. {@code applied} says whether the request
 * takes effect before things go wrong: a reply that is lost after the effect is what makes duplicates.
 */
public sealed interface PsaFault {
    /** Waits, then answers as usual. */
    record Slow(Duration delay) implements PsaFault {}

    /** Never answers; the connection is closed after {@code atMost}. */
    record Hang(Duration atMost, boolean applied) implements PsaFault {}

    /** Resets the connection (RST) without an answer. */
    record Reset(boolean applied) implements PsaFault {}

    /** Closes the connection (FIN) without an answer. */
    record Close(boolean applied) implements PsaFault {}

    /** Answers this instead. */
    record Answer(int status, Map<String, String> headers, String body, boolean applied) implements PsaFault {}

    /** Answers 429. */
    record TooMany(RateLimitStyle style, Duration pause) implements PsaFault {}

    /** Answers as usual, but labels the body with this media type. */
    record MediaType(String contentType) implements PsaFault {}

    /** Answers 200 and a JSON body that never ends, as fast as the reader takes it. */
    record Endless(boolean applied) implements PsaFault {}

    /** Answers 200 and one byte of a JSON body at a time, never coming to an end. */
    record Drip(Duration gap, boolean applied) implements PsaFault {}

    /** Never answers, for ten minutes; the request has no effect. */
    static PsaFault hang() {
        return new Hang(Duration.ofMinutes(10), false);
    }

    /** Takes the request, then never answers, for ten minutes. */
    static PsaFault hangAfterAccepting() {
        return new Hang(Duration.ofMinutes(10), true);
    }

    /** Takes the request, then resets the connection. */
    static PsaFault resetAfterAccepting() {
        return new Reset(true);
    }

    /** Resets the connection; the request has no effect. */
    static PsaFault resetBeforeAccepting() {
        return new Reset(false);
    }

    /** Answers 5xx (or any status) in the API's own form of an error; the request has no effect. */
    static PsaFault status(int status, String reason) {
        return error(status, reason, false);
    }

    /** Takes the request, then answers an error all the same, as a proxy does that lost its patience. */
    static PsaFault statusAfterAccepting(int status, String reason) {
        return error(status, reason, true);
    }

    /** Answers 200 and a page of HTML that calls itself JSON. */
    static PsaFault garbage(boolean applied) {
        return new Answer(
                200,
                Map.of("Content-Type", "application/json"),
                "<!doctype html><title>Welcome</title><h1>It works!</h1>",
                applied);
    }

    private static PsaFault error(int status, String reason, boolean applied) {
        return new Answer(
                status,
                Map.of("Content-Type", "application/json"),
                "{\"error\":{\"reason\":\"" + reason + "\",\"details\":\"scripted\"}}",
                applied);
    }
}
