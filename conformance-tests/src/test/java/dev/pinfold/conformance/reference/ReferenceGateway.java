package dev.pinfold.conformance.reference;

import static dev.pinfold.conformance.reference.ReferencePsa.header;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A trustless gateway over one small DAG: a dag-pb root with three leaves, one of them linked twice. */
final class ReferenceGateway {
    private final Set<Defect> defects;
    private final Map<String, byte[]> blocks = new LinkedHashMap<>();
    private final String root;

    ReferenceGateway(Set<Defect> defects) {
        this.defects = defects;
        List<String> leaves = List.of(
                leaf("first leaf of the tree"), leaf("second leaf of the tree"), leaf("third leaf of the tree"));
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        for (String leaf : List.of(leaves.get(0), leaves.get(1), leaves.get(0), leaves.get(2))) {
            byte[] cid = Cids.parse(leaf).orElseThrow().bytes();
            node.write(0x12);
            node.write(cid.length + 2);
            node.write(0x0a);
            node.write(cid.length);
            node.writeBytes(cid);
        }
        node.writeBytes(new byte[] {0x0a, 2, 8, 1});
        this.root = Cids.v1(Cids.DAG_PB, node.toByteArray());
        put(root, node.toByteArray());
    }

    private String leaf(String text) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        String cid = Cids.v1(Cids.RAW, data);
        put(cid, data);
        return cid;
    }

    private void put(String cid, byte[] data) {
        blocks.put(cid, data);
    }

    String knownCid() {
        return root;
    }

    void answer(HttpExchange exchange, String text, Map<String, String> query) throws IOException {
        Optional<Cid> cid = Cids.parse(text);
        if (has(Defect.GATEWAY_NO_CORS)) {
            exchange.getResponseHeaders().remove("Access-Control-Allow-Origin");
        }
        if (cid.isEmpty()) {
            ReferencePsa.write(exchange, has(Defect.GATEWAY_BAD_CID_404) ? 404 : 400, "text/plain", bytes("no CID"));
            return;
        }
        byte[] block = cid.get().identity() ? cid.get().digest() : blocks.get(text);
        if (block == null || (cid.get().identity() && has(Defect.GATEWAY_NO_IDENTITY))) {
            absent(exchange);
            return;
        }
        if (exchange.getRequestMethod().equals("HEAD") && has(Defect.GATEWAY_HEAD_405)) {
            ReferencePsa.write(exchange, 405, "text/plain", bytes("GET only"));
            return;
        }
        switch (format(exchange, query)) {
            case "raw" -> raw(exchange, text, block);
            case "car" -> car(exchange, text, cid.get(), query);
            case "html" -> ReferencePsa.write(exchange, 200, "text/html", block);
            default -> ReferencePsa.write(exchange, 400, "text/plain", bytes("unknown format"));
        }
    }

    private String format(HttpExchange exchange, Map<String, String> query) {
        String accept = header(exchange, "Accept");
        String accepted = accept.contains("ipld.raw") ? "raw" : accept.contains("ipld.car") ? "car" : "html";
        @Nullable String asked = query.get("format");
        if (asked == null) {
            return has(Defect.GATEWAY_ACCEPT_IGNORED) ? "html" : accepted;
        }
        if (has(Defect.GATEWAY_ACCEPT_WINS) && !accepted.equals("html")) {
            return accepted;
        }
        boolean known = asked.equals("raw") || asked.equals("car");
        return known ? asked : has(Defect.GATEWAY_FORMAT_IGNORED) ? "html" : "unknown";
    }

    private void absent(HttpExchange exchange) throws IOException {
        boolean cachedOnly = header(exchange, "Cache-Control").contains("only-if-cached");
        int status = cachedOnly && !has(Defect.GATEWAY_LOOKS_ALTHOUGH_TOLD_NOT)
                ? 412
                : has(Defect.GATEWAY_ABSENT_200) ? 200 : has(Defect.GATEWAY_ABSENT_500) ? 500 : 404;
        ReferencePsa.write(exchange, status, "text/plain", bytes("not here"));
    }

    private void raw(HttpExchange exchange, String cid, byte[] block) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        String type = has(Defect.GATEWAY_OCTET_STREAM) ? "application/octet-stream" : "application/vnd.ipld.raw";
        String disposition = has(Defect.GATEWAY_INLINE) ? "inline" : "attachment";
        headers.set(
                "Content-Disposition",
                disposition + "; filename=\"" + cid + (has(Defect.GATEWAY_OTHER_FILE_NAME) ? ".raw\"" : ".bin\""));
        if (common(exchange, "\"" + cid + ".raw\"")) {
            return;
        }
        byte[] body = block.clone();
        if (has(Defect.GATEWAY_WRONG_BYTES) && body.length > 0) {
            body[0] ^= 1;
        }
        if (header(exchange, "Range").equals("bytes=2-5") && body.length > 6) {
            int shift = has(Defect.GATEWAY_RANGE_SHIFTED) ? 1 : 0;
            headers.set("Content-Range", "bytes 2-5/" + body.length);
            ReferencePsa.write(exchange, 206, type, Arrays.copyOfRange(body, 2 + shift, 6 + shift));
            return;
        }
        ReferencePsa.write(exchange, 200, type, body);
    }

    /** Headers of every answer; true when the client has the content already and got 304. */
    private boolean common(HttpExchange exchange, String etag) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        if (!has(Defect.GATEWAY_SNIFFED)) {
            headers.set("X-Content-Type-Options", "nosniff");
        }
        headers.set(
                "Cache-Control",
                has(Defect.GATEWAY_SHORT_CACHE) ? "public, max-age=60" : "public, max-age=29030400, immutable");
        if (!has(Defect.GATEWAY_NO_ETAG)) {
            headers.set("Etag", etag);
        }
        if (header(exchange, "If-None-Match").equals(etag) && !has(Defect.GATEWAY_NEVER_304)) {
            exchange.sendResponseHeaders(304, -1);
            return true;
        }
        return false;
    }

    private void car(HttpExchange exchange, String text, Cid cid, Map<String, String> query) throws IOException {
        if (has(Defect.GATEWAY_NO_CAR)) {
            ReferencePsa.write(exchange, 406, "text/plain", bytes("no CARs here"));
            return;
        }
        if (query.getOrDefault("car-version", "1").equals("99") && !has(Defect.GATEWAY_CAR_VERSION_IGNORED)) {
            ReferencePsa.write(exchange, 400, "text/plain", bytes("no such CAR version"));
            return;
        }
        String type = "application/vnd.ipld.car"
                + (has(Defect.GATEWAY_CAR_WITHOUT_VERSION) ? "" : ";version=1")
                + (has(Defect.GATEWAY_CAR_WITHOUT_ORDER) ? "" : ";order=dfs;dups=n");
        String disposition = has(Defect.GATEWAY_CAR_INLINE) ? "inline" : "attachment";
        exchange.getResponseHeaders().set("Content-Disposition", disposition + "; filename=\"" + text + ".car\"");
        if (!common(exchange, "W/\"" + text + ".car\"")) {
            ReferencePsa.write(exchange, 200, type, carBytes(text, cid, query.getOrDefault("dag-scope", "all")));
        }
    }

    private byte[] carBytes(String text, Cid cid, String scope) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(
                new byte[] {(byte) 0xa2, 0x65, 'r', 'o', 'o', 't', 's', (byte) 0x81, (byte) 0xd8, 0x2a, 0x58});
        header.write(cid.bytes().length + 1);
        header.write(0);
        header.writeBytes(cid.bytes());
        header.writeBytes(new byte[] {0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 1});
        out.write(header.size());
        out.writeBytes(header.toByteArray());
        if (cid.identity()) {
            if (has(Defect.GATEWAY_CAR_WITH_IDENTITY)) {
                section(out, cid, cid.digest());
            }
            return out.toByteArray();
        }
        sections(text, scope)
                .forEach(one -> section(out, Cids.parse(one).orElseThrow(), Objects.requireNonNull(blocks.get(one))));
        return out.toByteArray();
    }

    private List<String> sections(String text, String scope) {
        if (!text.equals(root) || (scope.equals("block") && !has(Defect.GATEWAY_SCOPE_IGNORED))) {
            return List.of(text);
        }
        List<String> order = new ArrayList<>(List.of(root));
        blocks.keySet().stream().filter(one -> !one.equals(root)).forEach(order::add);
        if (has(Defect.GATEWAY_CAR_CHILDREN_FIRST)) {
            order.remove(root);
            order.add(root);
        }
        if (has(Defect.GATEWAY_CAR_DUPLICATES)) {
            order.add(order.get(1));
        }
        if (has(Defect.GATEWAY_CAR_TRUNCATED)) {
            order.removeLast();
        }
        return order;
    }

    private void section(ByteArrayOutputStream out, Cid cid, byte[] data) {
        byte[] body = data.clone();
        if (has(Defect.GATEWAY_CAR_WRONG_BLOCK) && cid.codec() == Cids.RAW && body.length > 0) {
            body[0] ^= 1;
        }
        int length = cid.bytes().length + body.length;
        if (length > 127) {
            out.write((length & 0x7f) | 0x80);
            out.write(length >>> 7);
        } else {
            out.write(length);
        }
        out.writeBytes(cid.bytes());
        out.writeBytes(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
