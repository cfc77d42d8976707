package dev.pinfold.filecoin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.HttpCall;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Calls a Lotus node by JSON-RPC over HTTP. Source: go-jsonrpc, and Lotus's {@code node/rpc.go}.
 *
 * <p>What is particular: parameters are an array whose length must fit exactly; a call without a result has {@code null} or
 * no {@code result} at all; an error comes with any HTTP status; {@code /rpc/v1} is missing on old nodes.
 */
final class LotusRpc {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "Filecoin.";

    private final FilecoinSettings settings;
    private final SafeWords words;
    private final Wire wire;
    private final AtomicLong ids = new AtomicLong();
    /** The path that answered; null until one did. */
    private volatile @Nullable String path;

    LotusRpc(FilecoinSettings settings, SafeWords words, Wire wire) {
        this.settings = settings;
        this.words = words;
        this.wire = wire;
        path = settings.rpcPath().equals(FilecoinSettings.AUTO) ? null : settings.rpcPath();
    }

    /**
     * Calls a method and returns its result, a missing node where it has none.
     *
     * @throws LotusError the node says that it failed
     * @throws WireException no answer came: for what acts, it may have taken effect
     * @throws ProviderException the node cannot be used: wrong token, no JSON-RPC there, too many calls
     */
    JsonNode call(String method, Deadline deadline, Object... params) throws LotusError, WireException {
        String known = path;
        if (known != null) {
            return on(known, method, deadline, params);
        }
        for (String each : new String[] {"/rpc/v1", "/rpc/v0"}) {
            try {
                JsonNode result = on(each, method, deadline, params);
                path = each;
                return result;
            } catch (LotusError e) {
                path = each;
                throw e;
            } catch (ProviderException e) {
                if (!(e.failure() instanceof Failure.NotFound)) {
                    throw e;
                }
            }
        }
        throw fail(new Failure.ProtocolViolation(
                words.say("has neither /rpc/v1 nor /rpc/v0 at " + settings.endpoint() + ": is it a Lotus node?", "")));
    }

    /** Calls a method that changes nothing, so whatever goes wrong on the way means that it can be repeated. */
    JsonNode read(String method, Deadline deadline, Object... params) throws LotusError {
        try {
            return call(method, deadline, params);
        } catch (WireException e) {
            throw unreachable(method, e);
        }
    }

    /** As {@link #read}, for calls whose errors have no meaning of their own. */
    JsonNode get(String method, Deadline deadline, Object... params) {
        try {
            return read(method, deadline, params);
        } catch (LotusError e) {
            throw fail(failure(e));
        }
    }

    /** Sends bytes or a stream to a path of the REST interface beside JSON-RPC. */
    HttpAnswer rest(HttpCall call, Deadline deadline) throws WireException {
        return wire.send(call, deadline);
    }

    /** What a path of the REST interface gives, as a stream. */
    InputStream download(String pathAndQuery, Deadline deadline) {
        try {
            Wire.Opened opened = wire.open(
                    HttpCall.bare("GET", uri(pathAndQuery), headers("application/json"), settings.maxAnswerBytes()),
                    deadline);
            int status = opened.head().status();
            if (status == 200) {
                return opened.content();
            }
            opened.content().close();
            throw fail(
                    status == 401 || status == 403
                            ? new Failure.Unauthorized(words.say(
                                    "does not let this token export: make one with 'lotus auth create-token --perm admin'",
                                    ""))
                            : new Failure.Unavailable(
                                    words.say("did not export what it retrieved, HTTP " + status, "")));
        } catch (WireException e) {
            throw unreachable("export", e);
        } catch (IOException e) {
            throw fail(new Failure.Unavailable(words.say("broke off while refusing an export", "")));
        }
    }

    URI uri(String pathAndQuery) {
        return URI.create(settings.endpoint() + pathAndQuery);
    }

    /** The path of JSON-RPC that this node has; asks it where that is not known yet. */
    String path(Deadline deadline) {
        String known = path;
        if (known == null) {
            get("Version", deadline);
            known = path;
        }
        return known == null ? "/rpc/v0" : known;
    }

    Map<String, String> headers(String contentType) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        String token = settings.token();
        if (token != null) {
            headers.put("Authorization", "Bearer " + token);
        }
        return headers;
    }

    /** What an error means where the caller knows nothing better. */
    Failure failure(LotusError e) {
        String what = words.say("refused " + e.method(), e.said());
        if (e.missingPermission()) {
            return new Failure.Unauthorized(Permissions.sentence(settings.id(), e));
        }
        if (e.notFound()) {
            return new Failure.NotFound(what);
        }
        return switch (e.code()) {
            case -32700, -32600, -32602 -> new Failure.ProtocolViolation(what);
            case -32601 -> new Failure.ProtocolViolation(words.say("has no method " + e.method(), ""));
            case -32005 -> new Failure.RateLimited(null, what);
            case -32002, -1111111 -> new Failure.Unavailable(what);
            default -> new Failure.Rejected(what);
        };
    }

    ProviderException unreachable(String method, WireException e) {
        String what = words.say("did not answer " + method + " (" + e.what() + ")", "");
        Failure failure = e.reach() == WireException.Reach.ANSWER_TOO_LONG
                ? new Failure.ProtocolViolation(what)
                : new Failure.Unavailable(what);
        return new ProviderException(failure, e);
    }

    private JsonNode on(String path, String method, Deadline deadline, Object... params)
            throws LotusError, WireException {
        long id = ids.incrementAndGet();
        byte[] body = request(id, method, params).toString().getBytes(StandardCharsets.UTF_8);
        HttpCall call = HttpCall.with("POST", uri(path), headers("application/json"), body, settings.maxAnswerBytes());
        return result(method, id, wire.send(call, deadline));
    }

    static ObjectNode request(long id, String method, Object... params) {
        ObjectNode request = JSON.createObjectNode();
        request.put("jsonrpc", "2.0");
        request.put("id", id);
        request.put("method", PREFIX + method);
        ArrayNode list = request.putArray("params");
        for (Object param : params) {
            list.add(param instanceof JsonNode node ? node : JSON.<JsonNode>valueToTree(param));
        }
        return request;
    }

    private JsonNode result(String method, long id, HttpAnswer answer) throws LotusError {
        if (answer.status() == 401 || answer.status() == 403) {
            throw fail(new Failure.Unauthorized(words.say(
                    "does not take the token (HTTP " + answer.status() + "): make one with 'lotus auth create-token'",
                    "")));
        }
        JsonNode document = parse(answer);
        if (document == null) {
            throw fail(noJson(method, answer));
        }
        JsonNode error = document.path("error");
        if (error.isObject()) {
            throw new LotusError(
                    method, error.path("code").asInt(1), error.path("message").asText(""));
        }
        if (document.path("id").asLong(-1) != id) {
            throw fail(new Failure.ProtocolViolation(words.say("answered another call than " + method, "")));
        }
        // Up to 1.27.0 a call without a result has no result at all; later it is null.
        JsonNode result = document.path("result");
        return result.isNull() ? MissingNode.getInstance() : result;
    }

    private Failure noJson(String method, HttpAnswer answer) {
        String what = words.say("answered " + method + " with HTTP " + answer.status() + " and no JSON-RPC", "");
        return switch (answer.status()) {
            case 404, 405 -> new Failure.NotFound(what);
            case 429 -> new Failure.RateLimited(null, what);
            case 500, 502, 503, 504 -> new Failure.Unavailable(what);
            default -> new Failure.ProtocolViolation(what);
        };
    }

    private static @Nullable JsonNode parse(HttpAnswer answer) {
        try {
            JsonNode document = JSON.readTree(answer.body());
            return document != null && document.isObject() && document.has("jsonrpc") ? document : null;
        } catch (JacksonException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
    }

    private static ProviderException fail(Failure failure) {
        return new ProviderException(failure);
    }
}
