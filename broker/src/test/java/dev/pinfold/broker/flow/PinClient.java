package dev.pinfold.broker.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A client of the broker with one token: the Pinning Service API and what it needs of the operator API. */
public final class PinClient {
    /** How long the helpers wait for something unless told otherwise; generous, because test machines are busy. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Supplier<String> endpoint;
    private final String token;

    PinClient(Supplier<String> endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
    }

    /** An answer, whatever its status. */
    public record Answer(int status, Buffer body) {
        public byte[] bytes() {
            return body.getBytes();
        }

        public String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(bytes());
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + text(), e);
            }
        }

        @Override
        public String toString() {
            return status + " " + text();
        }
    }

    public String token() {
        return token;
    }

    /** Sends a request; {@code path} begins with a slash. */
    public Answer send(String method, String path, @Nullable String body) {
        HttpRequest.Builder request = request(path);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return send(request.build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(endpoint.get() + path))
                .timeout(Duration.ofMinutes(2))
                .header("Authorization", "Bearer " + token);
    }

    /** What the management listener there says in Prometheus's text format. */
    public static String metrics(String managementEndpoint) {
        return send(HttpRequest.newBuilder(URI.create(managementEndpoint + "/metrics"))
                        .build())
                .text();
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = HTTP.send(request, BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), Buffer.buffer(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends a request that must be answered with this status. */
    public Answer expect(int status, String method, String path, @Nullable String body) {
        Answer answer = send(method, path, body);
        if (answer.status() != status) {
            throw new AssertionError(method + " " + path + ": expected " + status + ", got " + answer);
        }
        return answer;
    }

    /** The body of a pin request. */
    public static String body(Cid cid, @Nullable String name, String... origins) {
        ObjectNode body = JSON.createObjectNode().put("cid", cid.toString());
        if (name != null) {
            body.put("name", name);
        }
        if (origins.length > 0) {
            List.of(origins).forEach(body.putArray("origins")::add);
        }
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pins and returns the requestid; the broker must take it. */
    public String pin(Cid cid) {
        return pin(cid, null);
    }

    /** Pins under a name and returns the requestid. */
    public String pin(Cid cid, @Nullable String name, String... origins) {
        return expect(202, "POST", "/pins", body(cid, name, origins))
                .json()
                .get("requestid")
                .textValue();
    }

    /** Uploads a CAR, which need not be whole, without pinning anything; it must be taken. */
    public Answer uploadUnpinned(byte[] car) {
        Answer answer = upload(car, "?pin=false");
        if (answer.status() != 202) {
            throw new AssertionError("upload: expected 202, got " + answer);
        }
        return answer;
    }

    /** Uploads a CAR. */
    public Answer upload(byte[] car, String query) {
        return send(request("/api/v1/content" + query)
                .header("Content-Type", "application/vnd.ipld.car")
                .POST(BodyPublishers.ofByteArray(car))
                .build());
    }

    /** Uploads a DAG as a CAR, which pins it, and returns the requestid. */
    public String upload(Dag dag) {
        Answer answer = upload(dag.car(), "");
        if (answer.status() != 202) {
            throw new AssertionError("upload: expected 202, got " + answer);
        }
        return answer.json().get("pins").get(0).get("requestid").textValue();
    }

    /** What the gateway serves as the CAR of a root. */
    public byte[] car(Cid root) {
        return expect(200, "GET", "/ipfs/" + root + "?format=car", null).bytes();
    }

    /** Replaces a pin and returns the new requestid. */
    public String replace(String requestId, Cid cid) {
        return expect(202, "POST", "/pins/" + requestId, body(cid, null))
                .json()
                .get("requestid")
                .textValue();
    }

    public void delete(String requestId) {
        expect(202, "DELETE", "/pins/" + requestId, null);
    }

    /** The PinStatus document. */
    public JsonNode get(String requestId) {
        return expect(200, "GET", "/pins/" + requestId, null).json();
    }

    public String status(String requestId) {
        return get(requestId).get("status").textValue();
    }

    /** One value of {@code info}; empty where it is not there. */
    public String info(String requestId, String key) {
        return get(requestId).path("info").path(key).asText("");
    }

    /** A list; {@code query} without the question mark. */
    public JsonNode list(String query) {
        return expect(200, "GET", "/pins?" + query, null).json();
    }

    /** What the operator API says of a provider. */
    public JsonNode provider(String id) {
        return expect(200, "GET", "/api/v1/providers/" + id, null).json();
    }

    /** What the operator API says of a pin's placement. */
    public JsonNode placement(String requestId) {
        return expect(200, "GET", "/api/v1/pins/" + requestId + "/placement", null)
                .json();
    }

    /** The copy of a pin at one provider; missing where there is none. */
    public JsonNode retrievals(String cid) {
        return expect(200, "GET", "/api/v1/retrievals?cid=" + cid, null).json();
    }

    public JsonNode replica(String requestId, String provider) {
        for (JsonNode replica : placement(requestId).get("replicas")) {
            if (replica.get("provider").textValue().equals(provider)) {
                return replica;
            }
        }
        return JSON.missingNode();
    }

    /** The providers whose copy is in this state. */
    public List<String> providersIn(String requestId, String state) {
        return StreamSupport.stream(placement(requestId).get("replicas").spliterator(), false)
                .filter(r -> r.get("state").textValue().equals(state))
                .map(r -> r.get("provider").textValue())
                .collect(Collectors.toList());
    }

    /** The events of a pin, as {@code type provider} lines, oldest first. */
    public List<String> events(String requestId) {
        JsonNode events = expect(200, "GET", "/api/v1/pins/" + requestId + "/events", null)
                .json()
                .get("events");
        return StreamSupport.stream(events.spliterator(), false)
                .map(e -> (e.get("type").asText() + " " + e.path("provider").asText("")).strip())
                .toList();
    }

    /** Waits until a pin has this status and returns its document. */
    public JsonNode awaitStatus(String requestId, String status) {
        return await(
                requestId,
                "status " + status,
                pin -> pin.get("status").textValue().equals(status));
    }

    /** Waits until a pin looks right and returns its document. */
    public JsonNode await(String requestId, String what, Predicate<JsonNode> right) {
        return Eventually.see("pin " + requestId + ": " + what, PATIENCE, () -> get(requestId), right);
    }

    /** Waits until so many copies of a pin are in this state. */
    public void awaitReplicas(String requestId, String state, int count) {
        Eventually.see(
                count + " copies " + state,
                PATIENCE,
                () -> placement(requestId),
                p -> StreamSupport.stream(p.get("replicas").spliterator(), false)
                                .filter(r -> r.get("state").textValue().equals(state))
                                .count()
                        == count);
    }
}
