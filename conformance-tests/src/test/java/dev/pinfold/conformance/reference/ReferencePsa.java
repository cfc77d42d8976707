package dev.pinfold.conformance.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A pinning service that follows every rule the suite checks, except for the defects it is started with. */
public final class ReferencePsa implements AutoCloseable {
    public static final String TOKEN = "reference-token-of-the-first-account";
    public static final String SECOND_TOKEN = "reference-token-of-the-second-account";

    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Intake intake;
    private final Writer writer;
    private final Store store;
    private final ReferenceGateway gateway;
    private final String prefix;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    private ReferencePsa(Set<Defect> defects, Set<Behaviour> behaviours) throws IOException {
        this.defects = defects;
        this.behaviours = behaviours;
        this.prefix = behaviours.contains(Behaviour.BELOW_A_PATH) ? "/api/psa/v1" : "";
        this.intake = new Intake(defects, behaviours);
        this.writer = new Writer(defects, behaviours);
        this.store = new Store(defects, behaviours);
        this.gateway = new ReferenceGateway(defects, behaviours);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        seed();
    }

    public static ReferencePsa start(Set<Defect> defects, Set<Behaviour> behaviours) {
        try {
            return new ReferencePsa(defects, behaviours);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static ReferencePsa correct() {
        return start(Set.of(), Set.of(Behaviour.PINS_AT_ONCE));
    }

    /** Pins that were there before any run: nobody may touch them. */
    private void seed() {
        for (String name : List.of("seeded-one", "seeded-two", "seeded-failure")) {
            String cid = Cids.identity(name.getBytes(StandardCharsets.UTF_8));
            store.add("first", new Intake.Request(cid, name, Map.of("owner", "somebody else"), List.of()), "");
        }
    }

    private void somebodyElsePins() {
        String name = "other-" + requests.get();
        String cid = Cids.identity(name.getBytes(StandardCharsets.UTF_8));
        store.add("first", new Intake.Request(cid, name, Map.of("owner", "somebody else"), List.of()), "");
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + prefix);
    }

    public String knownCid() {
        return gateway.knownCid();
    }

    /** The content that the gateway has, if any. */
    public Optional<String> holds() {
        return behaviours.contains(Behaviour.HOLDS_NOTHING) ? Optional.empty() : Optional.of(knownCid());
    }

    public void forget() {
        store.forget();
    }

    public void unpin() {
        store.unpin();
    }

    /** Lists this content as pinned, whatever is true. */
    public void claim(String cid) {
        store.claim(cid);
    }

    /** The names of all pins, in the order they were made. */
    public List<String> names() {
        Collection<StoredPin> pins = store.everything();
        return pins.stream().map(StoredPin::name).toList();
    }

    public int requests() {
        return requests.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(2 << 20);
            requests.incrementAndGet();
            try {
                if (has(Defect.CONCURRENT_500)) {
                    failWhenNotAlone();
                }
                route(exchange, body);
            } catch (Refusal refusal) {
                fail(exchange, refusal);
            }
        }
    }

    /** Holds the request for a moment, and breaks it when another one comes in meanwhile. */
    private void failWhenNotAlone() {
        long until = System.nanoTime() + 5_000_000;
        boolean others = waiting.incrementAndGet() > 1;
        while (!others && System.nanoTime() < until) {
            Thread.onSpinWait();
            others = waiting.get() > 1;
        }
        waiting.decrementAndGet();
        if (others) {
            throw Intake.serverError();
        }
    }

    private void route(HttpExchange exchange, byte[] body) throws IOException {
        String whole = exchange.getRequestURI().getRawPath();
        String path = whole.startsWith(prefix) ? whole.substring(prefix.length()) : "/elsewhere";
        String method = exchange.getRequestMethod();
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        if (behaviours.contains(Behaviour.CLOSES_CONNECTIONS)) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        if (path.startsWith("/ipfs/")) {
            gateway.answer(exchange, path.substring(6), query(exchange));
            return;
        }
        if (method.equals("OPTIONS")) {
            preflight(exchange);
            return;
        }
        String rest = path.equals("/pins") ? "" : path.startsWith("/pins/") ? decode(path.substring(6)) : "/";
        if (rest.contains("/")) {
            unknownRoute(exchange);
            return;
        }
        String tenant = authenticate(exchange, method, rest);
        limitRate(exchange);
        if (behaviours.contains(Behaviour.BUSY_ACCOUNT) && requests.get() % 5 == 0) {
            somebodyElsePins();
        }
        if (rest.isEmpty()) {
            collection(exchange, method, tenant, body);
        } else {
            item(exchange, method, tenant, rest, body);
        }
    }

    private void collection(HttpExchange exchange, String method, String tenant, byte[] body) throws IOException {
        switch (method) {
            case "GET" -> send(exchange, 200, list(tenant, query(exchange)));
            case "HEAD" -> {
                if (has(Defect.HEAD_500)) {
                    throw Intake.serverError();
                }
                exchange.sendResponseHeaders(200, -1);
            }
            case "POST" -> add(exchange, tenant, body);
            default -> throw new Refusal(405, "METHOD_NOT_ALLOWED", method + " /pins");
        }
    }

    private void add(HttpExchange exchange, String tenant, byte[] body) throws IOException {
        if (has(Defect.CHUNKED_REFUSED) && exchange.getRequestHeaders().containsKey("Transfer-encoding")) {
            throw new Refusal(411, "LENGTH_REQUIRED", "send Content-Length");
        }
        Intake.Request request = intake.read(body, header(exchange, "Content-Type"));
        String key = has(Defect.IDEMPOTENCY_IGNORED) ? "" : header(exchange, "Idempotency-Key");
        StoredPin pin = store.add(tenant, request, key);
        ObjectNode status = writer.status(pin, store.statusOf(pin, true));
        if (has(Defect.POST_WITHOUT_STATUS)) {
            status.remove("status");
        }
        if (has(Defect.POST_STATUS_UNKNOWN)) {
            status.put("status", "accepted");
        }
        send(exchange, has(Defect.POST_200) ? 200 : has(Defect.POST_201) ? 201 : 202, status);
    }

    private void item(HttpExchange exchange, String method, String tenant, String id, byte[] body) throws IOException {
        switch (method) {
            case "GET" -> read(exchange, tenant, id);
            case "POST" -> {
                StoredPin pin = store.replace(id, tenant, intake.read(body, header(exchange, "Content-Type")));
                send(exchange, has(Defect.REPLACE_200) ? 200 : 202, writer.status(pin, store.statusOf(pin, true)));
            }
            case "DELETE" -> {
                store.delete(id, tenant);
                deleted(exchange);
            }
            default -> throw new Refusal(405, "METHOD_NOT_ALLOWED", method + " /pins/{requestid}");
        }
    }

    private void read(HttpExchange exchange, String tenant, String id) throws IOException {
        Optional<StoredPin> pin = store.find(id, tenant, Defect.FOREIGN_GET);
        if (pin.isEmpty()) {
            if (!has(Defect.GET_UNKNOWN_200)) {
                throw new Refusal(404, "NOT_FOUND", "no such pin");
            }
            send(exchange, 200, Json.object().put("requestid", id));
            return;
        }
        ObjectNode status = writer.status(pin.get(), store.statusOf(pin.get(), true));
        if (has(Defect.GET_WITHOUT_PIN)) {
            status.remove("pin");
        }
        send(exchange, has(Defect.GET_202) ? 202 : 200, status);
    }

    private void deleted(HttpExchange exchange) throws IOException {
        if (has(Defect.DELETE_WITH_BODY)) {
            send(exchange, 202, Json.object().put("deleted", true));
        } else {
            exchange.sendResponseHeaders(has(Defect.DELETE_200) ? 200 : has(Defect.DELETE_204) ? 204 : 202, -1);
        }
    }

    private JsonNode list(String tenant, Map<String, String> query) {
        ListFilter filter = new ListFilter(query, defects, behaviours, intake);
        int limit = filter.limit();
        Predicate<StoredPin> states = filter.states(pin -> store.statusOf(pin, false));
        Predicate<StoredPin> contents = filter.contents();
        Predicate<StoredPin> window = filter.window();
        List<StoredPin> own = store.all(tenant);
        List<StoredPin> matching =
                own.stream().filter(states.and(contents).and(window)).toList();
        long count = has(Defect.COUNT_IGNORES_FILTERS)
                ? own.stream().filter(states).count()
                : has(Defect.COUNT_IGNORES_BEFORE)
                        ? own.stream().filter(states.and(contents)).count()
                        : matching.size();
        ArrayNode results = Json.MAPPER.createArrayNode();
        matching.stream().limit(limit).forEach(pin -> results.add(listed(pin)));
        if (has(Defect.PAGE_LOSES_ONE) && results.size() == limit && limit >= 10) {
            results.remove(limit / 2);
        }
        return page(results, has(Defect.COUNT_IS_PAGE) ? results.size() : count + (has(Defect.COUNT_PLUS_ONE) ? 1 : 0));
    }

    private ObjectNode listed(StoredPin pin) {
        ObjectNode status = writer.status(pin, store.statusOf(pin, false));
        if (has(Defect.NAME_NULL_IN_LISTS)) {
            ((ObjectNode) status.get("pin")).putNull("name");
        }
        return status;
    }

    private JsonNode page(ArrayNode results, long count) {
        if (has(Defect.LIST_BARE_ARRAY)) {
            return results;
        }
        ObjectNode page = Json.object();
        if (has(Defect.COUNT_AS_TEXT)) {
            page.put("count", String.valueOf(count));
        } else {
            page.put("count", count);
        }
        if (has(Defect.RESULTS_NULL_WHEN_EMPTY) && results.isEmpty()) {
            return page.putNull("results");
        }
        return page.set("results", results);
    }

    private String authenticate(HttpExchange exchange, String method, String id) {
        String header = header(exchange, "Authorization");
        String token = header.startsWith("Bearer ") ? header.substring(7) : "";
        String basic = Base64.getEncoder().encodeToString((TOKEN + ":").getBytes(StandardCharsets.UTF_8));
        boolean first = token.equals(TOKEN)
                || (has(Defect.BASIC_ACCEPTED) && header.equals("Basic " + basic))
                || (has(Defect.QUERY_TOKEN_ACCEPTED) && query(exchange).containsValue(TOKEN))
                || (has(Defect.MISSING_TOKEN_ACCEPTED) && header.isEmpty())
                || (has(Defect.BAD_TOKEN_ACCEPTED) && !token.isEmpty() && !token.equals(SECOND_TOKEN))
                || (header.isEmpty() && unguarded(method, id));
        if (first) {
            return "first";
        }
        if (token.equals(SECOND_TOKEN)) {
            return "second";
        }
        if (has(Defect.BAD_TOKEN_EMPTY_LIST) && !token.isEmpty()) {
            return "nobody";
        }
        throw unauthorized(header, token);
    }

    private Refusal unauthorized(String header, String token) {
        boolean forbidden =
                (has(Defect.MISSING_TOKEN_403) && header.isEmpty()) || (has(Defect.BAD_TOKEN_403) && !header.isEmpty());
        boolean near = has(Defect.NEAR_TOKEN_TOLD_APART) && token.startsWith(TOKEN.substring(0, 10));
        String details = has(Defect.TOKEN_ECHOED) ? "the token " + token + " is not known" : "give a valid token";
        return new Refusal(forbidden ? 403 : 401, near ? "TOKEN_REVOKED" : "UNAUTHORIZED", details);
    }

    private boolean unguarded(String method, String id) {
        return switch (method) {
            case "GET" -> has(Defect.GET_UNGUARDED) && !id.isEmpty();
            case "POST" -> id.isEmpty() ? has(Defect.POST_UNGUARDED) : has(Defect.REPLACE_UNGUARDED);
            case "DELETE" -> has(Defect.DELETE_UNGUARDED);
            default -> false;
        };
    }

    private void limitRate(HttpExchange exchange) {
        boolean broken = has(Defect.RATE_LIMIT_WITHOUT_RETRY_AFTER) || has(Defect.RATE_LIMIT_AS_TEXT);
        if ((broken || behaviours.contains(Behaviour.LIMITS_RATE)) && requests.get() % 3 == 0) {
            if (!has(Defect.RATE_LIMIT_WITHOUT_RETRY_AFTER)) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            throw new Refusal(429, "TOO_MANY_REQUESTS", "slow down");
        }
    }

    private void preflight(HttpExchange exchange) throws IOException {
        if (has(Defect.CORS_NEEDS_TOKEN)) {
            throw new Refusal(401, "UNAUTHORIZED", "give a token");
        }
        if (has(Defect.CORS_ABSENT)) {
            exchange.getResponseHeaders().remove("Access-Control-Allow-Origin");
        } else {
            exchange.getResponseHeaders()
                    .set(
                            "Access-Control-Allow-Methods",
                            has(Defect.CORS_WITHOUT_DELETE) ? "GET, POST" : "GET, POST, DELETE");
            exchange.getResponseHeaders()
                    .set(
                            "Access-Control-Allow-Headers",
                            has(Defect.CORS_WITHOUT_AUTHORIZATION) ? "Content-Type" : "Authorization, Content-Type");
        }
        exchange.sendResponseHeaders(204, -1);
    }

    private void unknownRoute(HttpExchange exchange) throws IOException {
        if (has(Defect.UNKNOWN_ROUTE_200)) {
            send(exchange, 200, Json.object().put("hello", "world"));
        } else {
            throw new Refusal(404, "NOT_FOUND", "no such path");
        }
    }

    private void fail(HttpExchange exchange, Refusal refusal) throws IOException {
        if (has(Defect.UNAUTHORIZED_WITHOUT_BODY) && refusal.status() == 401) {
            exchange.sendResponseHeaders(401, -1);
            return;
        }
        if (has(Defect.RATE_LIMIT_AS_TEXT) && refusal.status() == 429) {
            write(exchange, 429, "text/plain", "slow down".getBytes(StandardCharsets.UTF_8));
            return;
        }
        send(
                exchange,
                refusal.status(),
                writer.failure(refusal.status(), refusal.reason(), String.valueOf(refusal.getMessage())));
    }

    private void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        String type = has(Defect.TEXT_PLAIN)
                ? "text/plain"
                : status >= 400 && has(Defect.ERRORS_AS_HTML) ? "text/html" : "application/json; charset=utf-8";
        byte[] body = Json.compact(json).getBytes(StandardCharsets.UTF_8);
        boolean asked = header(exchange, "Accept-Encoding").contains("gzip");
        if (has(Defect.GZIP_BROKEN) && asked) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        } else if ((asked && behaviours.contains(Behaviour.COMPRESSES))
                || (has(Defect.GZIP_UNASKED)
                        && exchange.getRequestMethod().equals("GET")
                        && String.valueOf(exchange.getRequestURI().getQuery()).contains("limit=3"))) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            body = packed(body);
        }
        write(exchange, status, type, body);
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    static void write(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new LinkedHashMap<>();
        @Nullable String raw = exchange.getRequestURI().getRawQuery();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                query.put(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
