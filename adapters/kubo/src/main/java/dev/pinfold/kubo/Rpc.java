package dev.pinfold.kubo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls of Kubo's RPC over HTTP: every one is a POST, arguments are in the query, errors are status 500 with a JSON
 * message. Each call ends by its deadline, or at once when its thread is interrupted.
 */
final class Rpc implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_DETAIL = 300;
    private static final int LONGEST_ERROR = 64 << 10;
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
    private final HttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    Rpc(String id, URI api, @Nullable String token, Duration connectTimeout) {
        this.id = id;
        this.api = api;
        this.token = token;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(threads)
                .build();
    }

    /** Calls and reads the whole answer, at most so many bytes. */
    byte[] bytes(String call, BodyPublisher body, int most, Deadline deadline) throws Refused {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        try (InputStream in = open(call, body, deadline)) {
            Thread reader = Thread.ofVirtual().name("kubo-" + id).start(() -> {
                try {
                    read.complete(in.readNBytes(most + 1));
                } catch (IOException e) {
                    read.completeExceptionally(e);
                }
            });
            byte[] answer;
            try {
                answer = read.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                reader.interrupt();
            }
            if (answer.length > most) {
                throw new ProviderException(new Failure.ProtocolViolation(
                        shown(id + " answered " + call + " with more than " + most + " bytes")));
            }
            return answer;
        } catch (TimeoutException e) {
            throw away(call, "no whole answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away(call, "the call was interrupted", e);
        } catch (ExecutionException | IOException e) {
            throw away(call, "the answer broke off", e);
        }
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
    InputStream open(String call, BodyPublisher body, Deadline deadline) throws Refused {
        if (closed) {
            throw new ProviderException(new Failure.Unavailable(id + " is closed"));
        }
        if (deadline.expired()) {
            throw new ProviderException(new Failure.Unavailable(id + ": no time was left for " + call));
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(api + "/api/v0/" + call)).POST(body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body.contentLength() != 0) {
            request.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
        }
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(request.build(), BodyHandlers.ofInputStream());
        try {
            return accepted(call, answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw away(call, "no answer in time", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw away(call, "the call was interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean unsent = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
            throw away(call, unsent ? "no connection" : "the connection broke", cause);
        }
    }

    private InputStream accepted(String call, HttpResponse<InputStream> response) throws Refused {
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (InputStream in = response.body()) {
            String text = new String(in.readNBytes(LONGEST_ERROR), StandardCharsets.UTF_8);
            throw new Refused(response.statusCode(), message(text));
        } catch (IOException e) {
            throw away(call, "the answer broke off", e);
        }
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

    private ProviderException away(String call, String what, Throwable cause) {
        return new ProviderException(
                new Failure.Unavailable(shown(id + " did not serve " + name(call) + ": " + what)), cause);
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
        closed = true;
        client.shutdownNow();
        threads.shutdownNow();
    }

    @Override
    public String toString() {
        return api.toString();
    }
}
