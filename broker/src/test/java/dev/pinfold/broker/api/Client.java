package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A proper client with one token. */
final class Client {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final URI endpoint;
    private final String token;

    Client(URI endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
    }

    /** An answer with its JSON; a missing node where there is no body. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + response.body(), e);
            }
        }

        String text(String field) {
            return json().path(field).asText();
        }

        String reason() {
            return json().path("error").path("reason").asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer delete(String path) {
        return send("DELETE", path, null);
    }

    Answer send(String method, String path, @org.jspecify.annotations.Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Pins a CID and answers the requestid. */
    String pin(String body) {
        Answer answer = post("/pins", body);
        if (answer.status() != 202) {
            throw new AssertionError(answer.status() + " " + answer.response().body());
        }
        return answer.text("requestid");
    }

    /** The names, in the order of the list, of all pins in any state that match. */
    List<String> names(String query) {
        return fields(query, "name");
    }

    List<String> fields(String query, String field) {
        Answer page =
                get("/pins?limit=1000&status=queued,pinning,pinned,failed" + (query.isEmpty() ? "" : "&" + query));
        if (page.status() != 200) {
            throw new AssertionError(page.status() + " " + page.response().body());
        }
        List<String> values = new ArrayList<>();
        page.json().get("results").forEach(pin -> values.add(pin.findPath(field).asText()));
        if (page.json().get("count").asInt() != values.size()) {
            throw new AssertionError("count is not exact: " + page.response().body());
        }
        return values;
    }

    static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The CIDv1 of a few bytes as raw leaf, which nobody is known to have. */
    static String cid(String text) {
        return dev.pinfold.content.Cid.v1(
                        dev.pinfold.content.Codec.RAW,
                        dev.pinfold.content.Multihash.sha256(text.getBytes(StandardCharsets.UTF_8)))
                .toString();
    }

    static String body(String cid, String name) {
        return JSON.createObjectNode().put("cid", cid).put("name", name).toString();
    }

    /** Does something many times at once; answers come in the order of the calls. */
    static <T> List<T> atOnce(int times, Callable<T> work) {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                running.add(threads.submit(work));
            }
            for (Future<T> one : running) {
                results.add(one.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }
}
