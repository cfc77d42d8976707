package dev.pinfold.conformance.reference;

import static dev.pinfold.conformance.reference.ReferencePsa.header;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.reference.ReferenceTree.Target;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A trustless and path gateway that holds the sample tree, and breaks the rules it is told to break. */
final class ReferenceGateway {
    static final byte[] ANOTHER_BLOCK = bytes("a block of somebody else");
    static final String ANOTHER = Cids.v1(Cids.RAW, ANOTHER_BLOCK);
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;
    private final ReferenceTree tree;
    private final ReferenceCars cars;

    ReferenceGateway(Set<Defect> defects, Set<Behaviour> behaviours) {
        this.defects = defects;
        this.behaviours = behaviours;
        this.tree = new ReferenceTree(defects);
        this.cars = new ReferenceCars(tree, defects, behaviours);
    }

    String knownCid() {
        return tree.root();
    }

    void answer(HttpExchange exchange, String rawPath, Map<String, String> query) throws IOException {
        if (has(Defect.GATEWAY_NO_CORS)) {
            exchange.getResponseHeaders().remove("Access-Control-Allow-Origin");
        }
        try {
            route(exchange, rawPath, query);
        } catch (Refusal refusal) {
            text(exchange, refusal.status(), String.valueOf(refusal.getMessage()));
        }
    }

    private void route(HttpExchange exchange, String rawPath, Map<String, String> query) throws IOException {
        List<String> segments = Arrays.stream(rawPath.split("/", -1))
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        Cid cid = Cids.parse(segments.getFirst())
                .orElseThrow(() -> new Refusal(has(Defect.GATEWAY_BAD_CID_404) ? 404 : 400, "BAD_REQUEST", "no CID"));
        boolean head = exchange.getRequestMethod().equals("HEAD");
        String format = format(exchange, query);
        if (!served(cid)) {
            absent(exchange, head, format);
            return;
        }
        if (head && has(Defect.GATEWAY_HEAD_405)) {
            throw new Refusal(405, "METHOD_NOT_ALLOWED", "GET only");
        }
        List<String> names =
                segments.stream().skip(1).filter(name -> !name.isEmpty()).toList();
        switch (format) {
            case "raw" -> raw(exchange, cid);
            case "car" -> car(exchange, cid, names, query, rawPath);
            case "file" -> file(exchange, cid, names, rawPath);
            default -> throw new Refusal(400, "BAD_REQUEST", "unknown format");
        }
    }

    private boolean served(Cid cid) {
        boolean probe = cid.identity() && cid.digest().length == 0;
        if (probe) {
            return !has(Defect.GATEWAY_NO_PROBE) && !behaviours.contains(Behaviour.ANSWERS_NO_PROBE);
        }
        return cid.identity()
                ? !has(Defect.GATEWAY_NO_IDENTITY)
                : tree.block(cid).isPresent() && !behaviours.contains(Behaviour.HOLDS_NOTHING);
    }

    private String format(HttpExchange exchange, Map<String, String> query) {
        String accept = header(exchange, "Accept");
        String accepted = accept.contains("ipld.raw") ? "raw" : accept.contains("ipld.car") ? "car" : "file";
        @Nullable String asked = query.get("format");
        if (asked == null) {
            boolean ignored = has(Defect.GATEWAY_ACCEPT_IGNORED)
                    || (has(Defect.GATEWAY_CAR_ACCEPT_IGNORED) && accepted.equals("car"));
            return strict(ignored ? "file" : accepted);
        }
        if (has(Defect.GATEWAY_ACCEPT_WINS) && !accepted.equals("file")) {
            return accepted;
        }
        boolean known = asked.equals("raw") || asked.equals("car");
        return known ? asked : has(Defect.GATEWAY_FORMAT_IGNORED) ? "file" : "unknown";
    }

    private String strict(String format) {
        if (format.equals("file") && behaviours.contains(Behaviour.TRUSTLESS_ONLY)) {
            throw new Refusal(400, "BAD_REQUEST", "say which format");
        }
        return format;
    }

    private void absent(HttpExchange exchange, boolean head, String format) throws IOException {
        boolean cachedOnly = header(exchange, "Cache-Control").contains("only-if-cached");
        boolean wrongly = has(Defect.GATEWAY_ABSENT_200)
                || (has(Defect.GATEWAY_ABSENT_HEAD_200) && head)
                || (has(Defect.GATEWAY_ABSENT_CAR_200) && format.equals("car"));
        int status = cachedOnly && !has(Defect.GATEWAY_LOOKS_ALTHOUGH_TOLD_NOT)
                ? 412
                : wrongly
                        ? 200
                        : has(Defect.GATEWAY_ABSENT_500)
                                ? 500
                                : behaviours.contains(Behaviour.LOOKS_FOR_CONTENT) ? 504 : 404;
        text(exchange, status, "not here");
    }

    private void raw(HttpExchange exchange, Cid cid) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        String type = has(Defect.GATEWAY_OCTET_STREAM) ? "application/octet-stream" : "application/vnd.ipld.raw";
        String disposition = has(Defect.GATEWAY_INLINE) ? "inline" : "attachment";
        String ending = has(Defect.GATEWAY_OTHER_FILE_NAME) ? ".raw" : ".bin";
        headers.set("Content-Disposition", disposition + "; filename=\"" + cid.text() + ending + "\"");
        location(exchange, "raw");
        String shared = has(Defect.GATEWAY_ETAG_SHARED) ? "W/\"" + cid.text().hashCode() + ".car\"" : "";
        if (common(exchange, shared.isEmpty() ? "\"" + cid.text() + ".raw\"" : shared)) {
            return;
        }
        byte[] body = tree.held(cid).clone();
        boolean leaf = cid.codec() == Cids.RAW && !cid.identity();
        if (body.length > 0 && (has(Defect.GATEWAY_WRONG_BYTES) || (leaf && has(Defect.GATEWAY_WRONG_LEAVES)))) {
            body[0] ^= 1;
        }
        part(exchange, type, body, has(Defect.GATEWAY_RANGE_SHIFTED));
    }

    private void location(HttpExchange exchange, String format) {
        String query = String.valueOf(exchange.getRequestURI().getRawQuery());
        if (!query.contains("format=") && !has(Defect.GATEWAY_NO_CONTENT_LOCATION)) {
            exchange.getResponseHeaders()
                    .set("Content-Location", exchange.getRequestURI().getRawPath() + "?format=" + format);
        }
    }

    /** The whole body, or the part that Range asks for. */
    private void part(HttpExchange exchange, String type, byte[] body, boolean shifted) throws IOException {
        Matcher range = RANGE.matcher(header(exchange, "Range"));
        if (!range.matches() || behaviours.contains(Behaviour.GIVES_NO_PARTS)) {
            ReferencePsa.write(exchange, 200, type, body);
            return;
        }
        int from = Integer.parseInt(range.group(1));
        int to = Math.min(body.length - 1, Integer.parseInt(range.group(2)));
        int shift = shifted ? 1 : 0;
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + to + "/" + body.length);
        ReferencePsa.write(exchange, 206, type, Arrays.copyOfRange(body, from + shift, to + 1 + shift));
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
        if (known(header(exchange, "If-None-Match"), etag) && !has(Defect.GATEWAY_NEVER_304)) {
            exchange.sendResponseHeaders(304, -1);
            return true;
        }
        return false;
    }

    private boolean known(String sent, String etag) {
        if (has(Defect.GATEWAY_ETAG_EXACT_ONLY)) {
            return sent.equals(etag);
        }
        return sent.equals("*")
                || Arrays.stream(sent.split(",", -1))
                        .map(one -> one.strip().replaceFirst("^W/", ""))
                        .anyMatch(etag.replaceFirst("^W/", "")::equals);
    }

    private void car(HttpExchange exchange, Cid cid, List<String> names, Map<String, String> query, String path)
            throws IOException {
        if (has(Defect.GATEWAY_NO_CAR) || behaviours.contains(Behaviour.BLOCKS_ONLY)) {
            throw new Refusal(406, "NOT_ACCEPTABLE", "no CARs here");
        }
        Optional<Target> found = tree.resolve(cid, names);
        if (found.isEmpty() && !behaviours.contains(Behaviour.STREAMS_MISSING_PATHS)) {
            throw new Refusal(has(Defect.GATEWAY_PATH_MISSING_502) ? 502 : 404, "NOT_FOUND", "no such path");
        }
        Target target = found.orElseGet(() ->
                tree.resolve(cid, names.subList(0, names.size() - 1)).orElseThrow());
        ReferenceCars.Plan plan = cars.plan(exchange, found.isPresent() ? query : Map.of("dag-scope", "block"), target);
        String disposition = has(Defect.GATEWAY_CAR_INLINE) ? "inline" : "attachment";
        exchange.getResponseHeaders().set("Content-Disposition", disposition + "; filename=\"" + cid.text() + ".car\"");
        location(exchange, "car");
        if (!common(exchange, cars.etag(plan, path))) {
            ReferencePsa.write(exchange, 200, cars.type(plan), cars.write(plan));
        }
    }

    private void file(HttpExchange exchange, Cid cid, List<String> names, String path) throws IOException {
        Optional<Target> found = tree.resolve(cid, names);
        if (found.isEmpty()) {
            text(exchange, has(Defect.GATEWAY_PAGE_INSTEAD_OF_404) ? 200 : 404, "no such path");
            return;
        }
        Target target = found.get();
        if (tree.directory(target.cid())) {
            directory(exchange, path);
            return;
        }
        if (!has(Defect.GATEWAY_PATH_WITHOUT_ROOTS)) {
            List<String> roots = new java.util.ArrayList<>(
                    target.way().stream().map(Cid::text).toList());
            roots.add(target.cid().text());
            exchange.getResponseHeaders().set("X-Ipfs-Roots", String.join(",", roots));
            exchange.getResponseHeaders().set("X-Ipfs-Path", "/ipfs/" + path);
        }
        if (common(exchange, "\"" + target.cid().text() + "\"")) {
            return;
        }
        byte[] body = tree.file(target.cid());
        if (has(Defect.GATEWAY_FILE_FIRST_BLOCK_ONLY)) {
            body = Arrays.copyOf(body, Math.min(body.length, 512));
        }
        if (exchange.getRequestMethod().equals("HEAD") && has(Defect.GATEWAY_FILE_HEAD_WITHOUT_LENGTH)) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        part(exchange, "application/octet-stream", body, has(Defect.GATEWAY_FILE_RANGE_SHIFTED));
    }

    private void directory(HttpExchange exchange, String path) throws IOException {
        if (path.endsWith("/") || has(Defect.GATEWAY_DIRECTORY_WITHOUT_REDIRECT)) {
            ReferencePsa.write(exchange, 200, "text/html", bytes("<title>a directory</title>"));
        } else {
            exchange.getResponseHeaders().set("Location", "/ipfs/" + path + "/");
            ReferencePsa.write(exchange, 301, "text/html", bytes("there"));
        }
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        ReferencePsa.write(exchange, status, "text/plain", bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
