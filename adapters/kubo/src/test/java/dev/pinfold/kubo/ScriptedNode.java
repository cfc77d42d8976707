package dev.pinfold.kubo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A node that answers Kubo's RPC from memory; its own books are asked by the contract. */
final class ScriptedNode implements World {
    private static final String TOKEN = "s3cret-of-the-node";

    private final HttpServer server;
    private final AtomicLong contacts = new AtomicLong();
    private final Map<Cid, Block> blocks = new ConcurrentHashMap<>();
    private final Map<Cid, String> pins = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Path folder;

    ScriptedNode(Path folder) {
        this.folder = folder;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v0/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            contacts.incrementAndGet();
            Map<String, String> query = query(exchange);
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                send(exchange, 403, "403 - Forbidden".getBytes(StandardCharsets.UTF_8));
                return;
            }
            String call = exchange.getRequestURI().getPath().substring("/api/v0/".length());
            switch (call) {
                case "version" -> json(exchange, "{\"Version\":\"0.38.0\"}");
                case "dag/import" -> {
                    Dag.readCar(file(body)).blocks().forEach(block -> blocks.put(block.cid(), block));
                    json(exchange, "{\"Stats\":{\"BlockCount\":1}}\n");
                }
                case "pin/add" ->
                    add(exchange, Cid.parse(query.getOrDefault("arg", "")), query.getOrDefault("name", ""));
                case "pin/ls" -> list(exchange, query.get("arg"));
                case "pin/rm" -> remove(exchange, Cid.parse(query.getOrDefault("arg", "")));
                case "block/get" -> block(exchange, Cid.parse(query.getOrDefault("arg", "")));
                case "block/stat" -> stat(exchange, Cid.parse(query.getOrDefault("arg", "")));
                case "dag/export" ->
                    export(exchange, Cid.parse(query.getOrDefault("arg", "")), query.containsKey("timeout"));
                default -> send(exchange, 404, "404 page not found".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void add(HttpExchange exchange, Cid root, String name) throws IOException {
        if (!blocks.containsKey(root)) {
            error(exchange, "pin: block was not found locally (offline): ipld: could not find " + root);
            return;
        }
        pins.put(root, name);
        json(exchange, "{\"Pins\":[\"" + root + "\"]}");
    }

    private void list(HttpExchange exchange, @org.jspecify.annotations.Nullable String arg) throws IOException {
        if (arg == null) {
            StringBuilder lines = new StringBuilder();
            pins.forEach((root, name) ->
                    lines.append("{\"Cid\":\"" + root + "\",\"Type\":\"recursive\",\"Name\":\"" + name + "\"}\n"));
            json(exchange, lines.toString());
            return;
        }
        String name = pins.get(Cid.parse(arg));
        if (name == null) {
            error(exchange, "path '" + arg + "' is not pinned");
        } else {
            json(exchange, "{\"Keys\":{\"" + arg + "\":{\"Type\":\"recursive\",\"Name\":\"" + name + "\"}}}");
        }
    }

    private void remove(HttpExchange exchange, Cid root) throws IOException {
        if (pins.remove(root) == null) {
            error(exchange, "not pinned or pinned indirectly");
        } else {
            json(exchange, "{\"Pins\":[\"" + root + "\"]}");
        }
    }

    private void block(HttpExchange exchange, Cid cid) throws IOException {
        Block block = blocks.get(cid);
        if (block == null) {
            error(exchange, "block was not found locally (offline): ipld: could not find " + cid);
        } else {
            send(exchange, 200, block.bytes());
        }
    }

    private void stat(HttpExchange exchange, Cid cid) throws IOException {
        Block block = blocks.get(cid);
        if (block == null) {
            error(exchange, "block was not found locally (offline): ipld: could not find " + cid);
        } else {
            json(exchange, "{\"Key\":\"" + cid + "\",\"Size\":" + block.size() + "}");
        }
    }

    /**
     * Whatever the time-out is, it is over after half of the answer, which then ends as if it were whole. What is not there
     * is waited for, for ever, as js-ipfs does even where it is told to stay offline.
     */
    private void export(HttpExchange exchange, Cid root, boolean timeout) throws IOException {
        Block top = blocks.get(root);
        if (top == null) {
            closed.join();
            return;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CarWriter car = new CarWriter(out, List.of(root));
        car.accept(top);
        for (Cid link : dev.pinfold.content.dag.Links.of(top)) {
            car.accept(java.util.Objects.requireNonNull(blocks.get(link)));
        }
        byte[] whole = out.toByteArray();
        send(exchange, 200, timeout ? Arrays.copyOf(whole, whole.length / 2) : whole);
    }

    /** The only part of a form. */
    private static byte[] file(byte[] form) {
        String text = new String(form, StandardCharsets.ISO_8859_1);
        String boundary = text.substring(0, text.indexOf("\r\n"));
        int from = text.indexOf("\r\n\r\n") + 4;
        int to = text.lastIndexOf("\r\n" + boundary);
        return text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void json(HttpExchange exchange, String body) throws IOException {
        send(exchange, 200, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void error(HttpExchange exchange, String message) throws IOException {
        String body = "{\"Message\":\"" + message + "\",\"Code\":0,\"Type\":\"error\"}";
        send(exchange, 500, body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public ProviderConfig config() {
        String api = "http://127.0.0.1:" + server.getAddress().getPort();
        return new ProviderConfig("node", Map.of("endpoint", api, "token", TOKEN, "fetch", "true"), folder);
    }

    @Override
    public Map<String, String> wrongSettings() {
        return Map.of("endpoint", "ftp://here", "fetch", "yes", "connectTimeout", "PT0S");
    }

    @Override
    public List<String> secrets() {
        return List.of(TOKEN);
    }

    @Override
    public void offer(Dag dag) {
        dag.blocks().forEach(block -> blocks.put(block.cid(), block));
    }

    @Override
    public long held(Cid root) {
        return pins.containsKey(root) ? 1 : 0;
    }

    @Override
    public long contacts() {
        return contacts.get();
    }

    @Override
    public void close() {
        closed.complete(null);
        server.stop(0);
    }
}
