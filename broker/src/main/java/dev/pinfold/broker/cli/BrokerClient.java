package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.cli.ConnectionOptions.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to one broker over its HTTP API with the JDK's client. An answer that is an error becomes a
 * {@link CliException} with the broker's own words and the right exit code.
 */
final class BrokerClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int MAX_JSON = 256 << 20;

    private final Connection connection;
    private final HttpClient http;

    BrokerClient(Connection connection) {
        this.connection = connection;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
    }

    URI endpoint() {
        return connection.endpoint();
    }

    JsonNode get(String path) {
        return json(request(path).timeout(ANSWER).GET().build());
    }

    JsonNode post(String path, JsonNode body) {
        return json(request(path)
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.compact(body)))
                .build());
    }

    JsonNode put(String path, String contentType, String body) {
        return json(request(path)
                .timeout(ANSWER)
                .header("Content-Type", contentType)
                .PUT(BodyPublishers.ofString(body))
                .build());
    }

    JsonNode delete(String path) {
        return json(request(path).timeout(ANSWER).DELETE().build());
    }

    /** Sends content; waits for the answer as long as it takes. */
    JsonNode upload(String path, String contentType, BodyPublisher body) {
        return json(request(path).header("Content-Type", contentType).POST(body).build());
    }

    /** Opens a stream of content; the caller closes it. */
    InputStream open(String path, String accept) {
        HttpResponse<InputStream> response = send(
                request(path).setHeader("Accept", accept).timeout(ANSWER).GET().build(), BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            throw refusedContent(response.statusCode(), body.readNBytes(1 << 20));
        } catch (IOException e) {
            throw new CliException(Exit.UNREACHABLE, "the broker's answer broke off: " + e.getMessage(), e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(connection.endpoint() + path))
                .header("Authorization", "Bearer " + connection.token())
                .header("Accept", "application/json")
                .header("User-Agent", "pinfold-cli");
    }

    private JsonNode json(HttpRequest request) {
        HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
        byte[] bytes = bytes(response);
        if (response.statusCode() / 100 != 2) {
            throw refused(response.statusCode(), bytes);
        }
        try {
            return Json.read(bytes);
        } catch (IOException e) {
            throw stranger(response.statusCode(), e);
        }
    }

    private static byte[] bytes(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MAX_JSON + 1);
            if (bytes.length > MAX_JSON) {
                throw new CliException(Exit.NO, "the broker's answer is larger than 256 MiB; ask for less");
            }
            return bytes;
        } catch (IOException e) {
            throw new CliException(Exit.UNREACHABLE, "the broker's answer broke off: " + e.getMessage(), e);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.NO, "interrupted", e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private CliException unreachable(IOException e) {
        CliException own = ownCause(e);
        if (own != null) {
            return own;
        }
        String where = "cannot reach the broker at " + endpoint();
        String why = switch (e) {
            case HttpTimeoutException timeout -> ": it does not answer";
            case ConnectException connect ->
                causedBy(connect, UnresolvedAddressException.class)
                        ? ": the host is not known"
                        : ": nothing listens there";
            default -> ": " + e.getMessage();
        };
        String then = ". Is it running? Start it with './pinfold serve', or name another with --endpoint URL";
        return new CliException(Exit.UNREACHABLE, where + why + then, e);
    }

    private static boolean causedBy(Throwable e, Class<? extends Throwable> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    /** What went wrong on our own side while a body was being sent, such as a file that cannot be read. */
    private static @Nullable CliException ownCause(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof CliException own) {
                return own;
            }
        }
        return null;
    }

    private CliException refused(int status, byte[] body) {
        try {
            JsonNode error = Json.read(body).path("error");
            if (error.path("reason").isTextual()) {
                String reason = error.path("reason").asText();
                String details = error.path("details").asText("");
                String text = printable(details.isEmpty() ? reason : details) + hint(status);
                return new CliException(exit(status), printable(reason), text, null);
            }
        } catch (IOException e) {
            return stranger(status, e);
        }
        return stranger(status, null);
    }

    /** A gateway may say no in plain text. */
    private CliException refusedContent(int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (status < 400 || text.startsWith("{") || text.startsWith("<")) {
            return refused(status, body);
        }
        String line = text.lines().findFirst().orElse("HTTP status " + status);
        return new CliException(exit(status), "HTTP_" + status, printable(line), null);
    }

    private static String hint(int status) {
        return switch (status) {
            case 401 -> " (the token is not known here; see PINFOLD_TOKEN, --token-env, --data)";
            default -> "";
        };
    }

    private static Exit exit(int status) {
        return switch (status) {
            case 400, 405, 406, 413, 415, 416, 422, 431 -> Exit.USAGE;
            case 502, 503, 504 -> Exit.UNREACHABLE;
            default -> Exit.NO;
        };
    }

    private CliException stranger(int status, @Nullable Throwable cause) {
        String text = endpoint() + " answers (" + status + "), but not like a Pinfold broker; check the endpoint";
        return new CliException(Exit.UNREACHABLE, text, cause);
    }

    /** What a broker says is shown, but it cannot steer the terminal. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
