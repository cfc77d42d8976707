package dev.pinfold.broker.chaos;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client of the broker's API that expects it to vanish at any moment. */
final class PinClient implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** A status and what came with it; null where that was no JSON object. */
    record Reply(int status, @Nullable JsonObject body) {
        JsonObject json() {
            if (body == null) {
                throw new AssertionError("an answer with status " + status + " and no JSON");
            }
            return body;
        }
    }

    /** A pin as the broker shows it. */
    record Shown(String id, String status, String cid, String name, Map<String, Object> info) {}

    Reply add(Address at, String cid, String name, @Nullable String key) throws IOException {
        return send(at, "POST", "/pins", body(cid, name), key == null ? Map.of() : Map.of("Idempotency-Key", key));
    }

    Reply upload(Address at, byte[] file, String name) throws IOException {
        return send(
                at,
                "POST",
                "/api/v1/content?name=" + name,
                BodyPublishers.ofByteArray(file),
                Map.of("Content-Type", "application/octet-stream"));
    }

    Reply uploadCar(Address at, byte[] car) throws IOException {
        return send(
                at,
                "POST",
                "/api/v1/content",
                BodyPublishers.ofByteArray(car),
                Map.of("Content-Type", "application/vnd.ipld.car"));
    }

    Reply replace(Address at, String id, String cid, String name) throws IOException {
        return send(at, "POST", "/pins/" + id, body(cid, name), Map.of());
    }

    Reply delete(Address at, String id) throws IOException {
        return send(at, "DELETE", "/pins/" + id, BodyPublishers.noBody(), Map.of());
    }

    Reply get(Address at, String id) throws IOException {
        return send(at, "GET", "/pins/" + id, BodyPublishers.noBody(), Map.of());
    }

    /** All pins, whatever their state. */
    List<Shown> all(Address at) throws IOException {
        List<Shown> pins = new ArrayList<>();
        String before = "";
        while (true) {
            Reply page = send(
                    at,
                    "GET",
                    "/pins?limit=1000&status=queued,pinning,pinned,failed" + before,
                    BodyPublishers.noBody(),
                    Map.of());
            if (page.status() != 200) {
                throw new IOException("a list was answered with " + page);
            }
            JsonArray results = page.json().getJsonArray("results");
            for (Object each : results) {
                pins.add(shown((JsonObject) each));
            }
            if (results.size() < 1000) {
                return pins;
            }
            String last = results.getJsonObject(results.size() - 1).getString("created");
            before = "&before=" + URLEncoder.encode(last, StandardCharsets.UTF_8);
        }
    }

    static Shown shown(JsonObject status) {
        JsonObject pin = status.getJsonObject("pin");
        return new Shown(
                status.getString("requestid"),
                status.getString("status"),
                pin.getString("cid"),
                pin.getString("name", ""),
                status.getJsonObject("info", new JsonObject()).getMap());
    }

    private static BodyPublisher body(String cid, String name) {
        return BodyPublishers.ofString(
                new JsonObject().put("cid", cid).put("name", name).encode());
    }

    private Reply send(Address at, String method, String path, BodyPublisher body, Map<String, String> headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(at.endpoint() + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + at.token())
                .method(method, body);
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String text = response.body();
            return new Reply(response.statusCode(), text.startsWith("{") ? new JsonObject(text) : null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
