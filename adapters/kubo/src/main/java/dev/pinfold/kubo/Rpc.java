package dev.pinfold.kubo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.HttpCall;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls of Kubo's RPC over HTTP: every one is a POST, arguments are in the query, errors are status 500 with a JSON
 * message.
 */
final class Rpc implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_DETAIL = 300;
    private static final int LONGEST_ERROR = 64 << 10;
    /** The longest silence within an export. */
    private static final Duration STALL = Duration.ofSeconds(60);

    private static final String BOUNDARY = "pinfold-car-7f3a9c";

    /** The node says no. Its words decide what that means. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }

        String words() {
            return String.valueOf(getMessage());
        }
    }

    private final String id;
    private final URI api;
    private final @Nullable String token;
    private final Wire wire;

    Rpc(String id, URI api, @Nullable String token, Duration connectTimeout) {
        this.id = id;
        this.api = api;
        this.token = token;
        this.wire = new Wire(connectTimeout, STALL);
    }

    /** Calls and reads the whole answer, at most so many bytes. */
    byte[] bytes(String call, BodyPublisher body, int most, Deadline deadline) throws Refused {
        try {
            return body(wire.send(request(call, body, most), deadline));
        } catch (WireException e) {
            throw away(call, most, e);
        }
    }

    /** Calls for content and reads all of it, at most so many bytes. */
    byte[] fetch(String call, int most, Deadline deadline) throws Refused {
        try {
            return body(wire.fetch(request(call, BodyPublishers.noBody(), most), deadline));
        } catch (WireException e) {
            throw away(call, most, e);
        }
    }

    private static byte[] body(HttpAnswer answer) throws Refused {
        if (answer.status() != 200) {
            throw refusal(answer);
        }
        return answer.body();
    }

    /** Calls and reads a JSON answer; of several lines the last one. */
    JsonNode json(String call, BodyPublisher body, int most, Deadline deadline) throws Refused {
        try {
            String text = new String(bytes(call, body, most, deadline), StandardCharsets.UTF_8).strip();
            return JSON.readTree(text.substring(text.lastIndexOf('\n') + 1));
        } catch (JsonProcessingException e) {
            throw new ProviderException(new Failure.ProtocolViolation(
                    shown(id + " answered " + name(call) + " with something that is not JSON")));
        }
    }

    /** Calls; the answer is read by the caller, who closes it. */
    InputStream open(String call, Deadline deadline) throws Refused {
        try {
            Wire.Opened opened = wire.open(request(call, BodyPublishers.noBody(), LONGEST_ERROR), deadline);
            if (opened.head().status() == 200) {
                return opened.content();
            }
            opened.content().close();
            throw refusal(opened.head());
        } catch (WireException e) {
            throw away(call, LONGEST_ERROR, e);
        } catch (IOException e) {
            throw new UncheckedIOException("a refusal could not be closed", e);
        }
    }

    private HttpCall request(String call, BodyPublisher body, int most) {
        Map<String, String> headers = new HashMap<>();
        if (token != null) {
            headers.put("Authorization", "Bearer " + token);
        }
        boolean empty = body.contentLength() == 0;
        if (!empty) {
            headers.put("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
        }
        return new HttpCall("POST", URI.create(api + "/api/v0/" + call), headers, empty ? null : body, most);
    }

    private static Refused refusal(HttpAnswer answer) {
        return new Refused(answer.status(), message(answer.text()));
    }

    private static String message(String text) {
        try {
            JsonNode message = JSON.readTree(text).path("Message");
            return message.isTextual() ? message.textValue() : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    /** A CAR as the one file of a form. */
    static BodyPublisher form(CarSource car) {
        String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dag.car\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n";
        return BodyPublishers.concat(
                BodyPublishers.ofString(head),
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> opened(car)), car.sizeBytes()),
                BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
    }

    private static InputStream opened(CarSource car) {
        try {
            return car.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProviderException away(String call, int most, WireException e) {
        Failure failure = e.reach() == WireException.Reach.ANSWER_TOO_LONG
                ? new Failure.ProtocolViolation(
                        shown(id + " answered " + name(call) + " with more than " + most + " bytes"))
                : new Failure.Unavailable(shown(id + " did not serve " + name(call) + ": " + e.what()));
        return new ProviderException(failure, e);
    }

    /** What a refusal means where the words say nothing more. */
    ProviderException refused(String call, Refused refusal) {
        String detail = shown(id + " refused " + name(call) + ": " + safe(refusal.words()));
        Failure failure = switch (refusal.status()) {
            case 401, 403 -> new Failure.Unauthorized(detail);
            case 404, 405 -> new Failure.ProtocolViolation(detail + " (is this Kubo's RPC?)");
            case 429 -> new Failure.RateLimited(null, detail);
            case 400 -> new Failure.Rejected(detail);
            default -> new Failure.Unavailable(detail);
        };
        return new ProviderException(failure);
    }

    private String safe(String words) {
        return token == null || token.isEmpty() ? words : words.replace(token, "…");
    }

    private static String name(String call) {
        int query = call.indexOf('?');
        return query < 0 ? call : call.substring(0, query);
    }

    /** One bounded line. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
    }

    @Override
    public void close() {
        wire.close();
    }

    @Override
    public String toString() {
        return api.toString();
    }
}
