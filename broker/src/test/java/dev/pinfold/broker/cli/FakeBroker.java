package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Speaks the broker's HTTP contract from memory, one pin after the other a millisecond younger. */
final class FakeBroker implements AutoCloseable {
    static final String TOKEN = "pf_test";

    /** One request as it arrived. */
    record Seen(String method, String path, Map<String, String> query, String contentType, String text) {
        JsonNode json() throws IOException {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    final List<Seen> seen = new ArrayList<>();
    final TreeMap<String, ObjectNode> pins = new TreeMap<>();
    final Map<String, byte[]> cars = new HashMap<>();

    /** What a pin becomes when it is looked at for the second time. */
    String endsAs = "pinned";

    /** Whether pins have been placed. */
    boolean planned = true;

    /** Whether the token is an operator's. */
    boolean operator = true;

    String uploadedRoot = "bafkqabtimvwgy3yk";
    private final HttpServer server;
    private final Map<String, Integer> looks = new HashMap<>();
    private int next = 1;

    FakeBroker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    ObjectNode pin(String cid, String name, String status) {
        String id = String.format("req-%05d", next++);
        ObjectNode pin = Json.object().put("requestid", id).put("status", status);
        pin.put("created", Instant.EPOCH.plusMillis(next).toString());
        pin.putObject("pin").put("cid", cid).put("name", name);
        pin.putArray("delegates").add("/ip4/127.0.0.1/tcp/4001/p2p/12D3KooW");
        pins.put(id, pin);
        return pin;
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            URI uri = exchange.getRequestURI();
            Seen request = new Seen(
                    exchange.getRequestMethod(),
                    uri.getPath(),
                    query(uri.getRawQuery()),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type")),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            seen.add(request);
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                refuse(exchange, 401, "UNAUTHORIZED", "the token is unknown");
            } else {
                answer(exchange, request);
            }
        }
    }

    private void answer(HttpExchange exchange, Seen request) throws IOException {
        String path = request.path();
        String id = path.substring(path.lastIndexOf('/') + 1);
        switch (request.method() + " " + path.replaceAll("req-[0-9]+|t-[0-9]+|eu-west|nowhere", "ID")) {
            case "GET /pins" -> reply(exchange, 200, list(request.query()));
            case "POST /pins" -> add(exchange, request.json());
            case "GET /pins/ID" -> show(exchange, id);
            case "DELETE /pins/ID" -> remove(exchange, id);
            case "POST /api/v1/content" -> upload(exchange, request);
            case "GET /api/v1/pins/ID/placement" -> reply(exchange, 200, placement(path.split("/", -1)[4]));
            case "GET /api/v1/pins/ID/events" -> reply(exchange, 200, events());
            case "GET /api/v1/providers" -> {
                if (!operator) {
                    refuse(exchange, 403, "INSUFFICIENT_PERMISSIONS", "the token lacks the scope operator");
                    return;
                }
                ObjectNode answer = Json.object();
                answer.putArray("providers").add(provider());
                reply(exchange, 200, answer);
            }
            case "GET /api/v1/providers/ID" -> {
                if (id.equals("eu-west")) {
                    reply(exchange, 200, provider());
                } else {
                    refuse(exchange, 404, "NOT_FOUND", "there is no provider " + id);
                }
            }
            case "GET /api/v1/policies" -> {
                ObjectNode answer = Json.object();
                answer.putObject("inForce").put("revision", 1);
                answer.putObject("file").put("state", "followed");
                reply(exchange, 200, answer);
            }
            case "POST /api/v1/tokens" -> reply(exchange, 201, token(request.json()));
            case "GET /api/v1/tokens" -> {
                ObjectNode answer = Json.object();
                answer.putArray("tokens")
                        .add(Json.object()
                                .put("id", "t-1")
                                .put("name", "ci")
                                .put("tenant", "main")
                                .put("since", "2026-11-20T09:00:00Z")
                                .putNull("revokedAt"));
                reply(exchange, 200, answer);
            }
            case "DELETE /api/v1/tokens/ID" -> reply(exchange, 204, null);
            case "POST /api/v1/tenants" -> reply(exchange, 201, request.json());
            case "GET /api/v1/tenants" -> {
                ObjectNode answer = Json.object();
                answer.putArray("tenants").addObject().put("name", "main").put("since", "2026-11-19T09:00:00Z");
                reply(exchange, 200, answer);
            }
            default -> content(exchange, path);
        }
    }

    private void content(HttpExchange exchange, String path) throws IOException {
        byte[] car = cars.get(path);
        if (car == null) {
            byte[] text = "no replica has it\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, text.length);
            exchange.getResponseBody().write(text);
            return;
        }
        exchange.sendResponseHeaders(200, car.length);
        exchange.getResponseBody().write(car);
    }

    private ObjectNode list(Map<String, String> query) {
        List<ObjectNode> matching = pins.descendingMap().values().stream()
                .filter(p -> !query.containsKey("before")
                        || Instant.parse(p.path("created").asText())
                                .isBefore(Instant.parse(String.valueOf(query.get("before")))))
                .filter(p -> !query.containsKey("cid")
                        || List.of(String.valueOf(query.get("cid")).split(",", -1))
                                .contains(p.path("pin").path("cid").asText()))
                .filter(p -> !query.containsKey("name")
                        || p.path("pin").path("name").asText().equals(query.get("name")))
                .filter(p -> List.of(query.getOrDefault("status", "pinned").split(",", -1))
                        .contains(p.path("status").asText()))
                .toList();
        ObjectNode answer = Json.object().put("count", matching.size());
        ArrayNode results = answer.putArray("results");
        matching.stream()
                .limit(Long.parseLong(query.getOrDefault("limit", "10")))
                .forEach(results::add);
        return answer;
    }

    private void add(HttpExchange exchange, JsonNode body) throws IOException {
        String cid = body.path("cid").asText();
        if (!cid.startsWith("baf")) {
            refuse(exchange, 400, "BAD_REQUEST", "'" + cid + "' is not a CID");
            return;
        }
        reply(exchange, 202, pin(cid, body.path("name").asText(""), "queued"));
    }

    private void show(HttpExchange exchange, String id) throws IOException {
        ObjectNode pin = pins.get(id);
        if (pin == null) {
            refuse(exchange, 404, "NOT_FOUND", "there is no pin " + id);
            return;
        }
        if (looks.merge(id, 1, Integer::sum) > 1 && !pin.path("status").asText().equals(endsAs)) {
            pin.put("status", endsAs);
            pin.putObject("info").put("status_details", "every provider refused it");
        }
        reply(exchange, 200, pin);
    }

    private void remove(HttpExchange exchange, String id) throws IOException {
        if (pins.remove(id) == null) {
            refuse(exchange, 404, "NOT_FOUND", "there is no pin " + id);
        } else {
            reply(exchange, 202, null);
        }
    }

    private void upload(HttpExchange exchange, Seen request) throws IOException {
        ObjectNode answer = Json.object();
        answer.putArray("roots").add(uploadedRoot);
        ArrayNode list = answer.putArray("pins");
        if (!"false".equals(request.query().get("pin"))) {
            list.add(pin(uploadedRoot, request.query().getOrDefault("name", ""), "queued"));
        }
        reply(exchange, 202, answer);
    }

    private ObjectNode placement(String id) {
        ObjectNode pin = pins.getOrDefault(id, Json.object());
        ObjectNode answer = Json.object().put("requestid", id);
        answer.put("cid", pin.path("pin").path("cid").asText()).put("status", "pinned");
        answer.putNull("info").put("sizeBytes", 3 << 20);
        answer.putObject("goal").put("pinnedAt", 2).put("target", 3).put("ack", "verified");
        if (planned) {
            answer.set("placement", plan());
        } else {
            answer.putNull("placement");
        }
        answer.putNull("sources");
        ArrayNode replicas = answer.putArray("replicas");
        replicas.add(copy("eu-west", "verified")
                .put("verifiedAt", "2026-11-20T10:00:02Z")
                .put("evidence", "root and 4 blocks"));
        replicas.add(copy("us-east", "failed")
                .put("failure", "unavailable")
                .put("detail", "answered 500")
                .put("attempts", 3));
        return answer;
    }

    private static ObjectNode copy(String provider, String state) {
        ObjectNode copy = Json.object().put("provider", provider).put("state", state);
        copy.putNull("upstreamId").put("since", "2026-11-20T10:00:01Z").putNull("verifiedAt");
        copy.putNull("failure").putNull("detail").putNull("evidence");
        return copy.put("nextTry", "2026-11-20T10:05:00Z").put("attempts", 1);
    }

    private static ObjectNode plan() {
        ObjectNode plan = Json.object().put("feasible", true).put("rule", "everything");
        plan.put("class", "three-regions");
        ArrayNode chosen = plan.putArray("chosen");
        chosen.addObject().put("provider", "eu-west").put("tier", "hot").put("monthlyCost", "0.0002");
        chosen.addObject().put("provider", "us-east").put("tier", "hot").put("monthlyCost", "0.0001");
        plan.put("totalMonthlyCost", "0.0003");
        plan.putArray("excluded")
                .addObject()
                .put("provider", "ap-south")
                .put("constraint", "jurisdiction")
                .put("reason", "IN is not among EU, US");
        plan.putArray("conflict");
        return plan.put("durabilityNines", 5.1)
                .put("limitedBy", "common-cause")
                .put("policyRevision", "sha256:0123456789abcdef")
                .put("inventoryHash", "sha256:00");
    }

    private static ObjectNode events() {
        ObjectNode answer = Json.object();
        answer.putArray("events")
                .addObject()
                .put("at", "2026-11-20T10:00:00Z")
                .put("type", "replica.verified")
                .put("provider", "eu-west")
                .put("detail", "root and 4 blocks");
        return answer;
    }

    private static ObjectNode provider() {
        ObjectNode provider =
                Json.object().put("id", "eu-west").put("type", "local").put("state", "active");
        provider.putObject("labels").put("region", "eu-west").put("org", "aurora");
        provider.putObject("breakers").put("pin", "closed").put("upload", "open");
        provider.putObject("usage").put("pins", 3).put("bytes", 5 << 20);
        provider.putObject("price").put("storagePerGiBMonth", "0.06").put("currency", "USD");
        return provider;
    }

    private static ObjectNode token(JsonNode body) {
        ObjectNode token = Json.object()
                .put("id", "t-2")
                .put("token", "pf_fresh")
                .put("name", body.path("name").asText());
        token.set("scopes", body.path("scopes"));
        return token;
    }

    private static void refuse(HttpExchange exchange, int status, String reason, String details) throws IOException {
        ObjectNode answer = Json.object();
        answer.putObject("error").put("reason", reason).put("details", details);
        reply(exchange, status, answer);
    }

    private static void reply(HttpExchange exchange, int status, @Nullable JsonNode body) throws IOException {
        if (body == null) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        byte[] bytes = Json.compact(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String part : raw == null ? new String[0] : raw.split("&", -1)) {
            int equals = part.indexOf('=');
            query.put(part.substring(0, equals), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
