package dev.pinfold.kit.filecoin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON-RPC 2.0 as go-jsonrpc speaks it: one call or an array of them. */
final class RpcEndpoint {
    private static final Set<String> READ = Set.of("read");

    private final LotusAge age;
    private final RpcMethods methods;
    private final Tokens tokens;

    RpcEndpoint(LotusAge age, RpcMethods methods, Tokens tokens) {
        this.age = age;
        this.methods = methods;
        this.tokens = tokens;
    }

    /** What a caller may do; null when it shows a token that is none. Who shows no token may read. */
    @Nullable
    Set<String> permissions(@Nullable String authorization, @Nullable String query) {
        if (authorization == null && query == null) {
            return READ;
        }
        String shown = authorization == null ? String.valueOf(query) : authorization;
        return tokens.permissions(shown.startsWith("Bearer ") ? shown.substring(7) : shown);
    }

    /** An answer with the HTTP status it has over HTTP. */
    record Answer(int status, String json) {}

    /** The method that a request calls, without its prefix; empty where that cannot be told. */
    static String method(String body) {
        try {
            return Json.decodeValue(body) instanceof JsonObject call && call.getValue("method") instanceof String method
                    ? RpcMethods.bare(method)
                    : "";
        } catch (DecodeException e) {
            return "";
        }
    }

    Answer answer(String body, boolean v1, Set<String> permissions) {
        Object read;
        try {
            read = Json.decodeValue(body);
        } catch (DecodeException e) {
            return error(null, new RpcError(RpcError.PARSE, "unmarshaling request: " + e.getMessage()));
        }
        return switch (read) {
            case JsonObject call -> one(call, v1, permissions);
            case JsonArray batch
            when !batch.isEmpty() -> {
                JsonArray answers = new JsonArray();
                batch.forEach(call -> answers.add(
                        call instanceof JsonObject object
                                ? new JsonObject(one(object, v1, permissions).json())
                                : new JsonObject(error(null, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"))
                                        .json())));
                yield new Answer(200, answers.encode());
            }
            case null, default -> error(null, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"));
        };
    }

    private Answer one(JsonObject call, boolean v1, Set<String> permissions) {
        Object id = call.getValue("id");
        if (!(call.getValue("method") instanceof String method)) {
            return error(id, new RpcError(RpcError.INVALID_REQUEST, "Invalid request"));
        }
        JsonArray params = call.getValue("params") instanceof JsonArray given ? given : new JsonArray();
        try {
            return new Answer(200, result(id, methods.call(method, params, v1, permissions)));
        } catch (RpcError e) {
            return error(id, e);
        } catch (IOException e) {
            return error(id, RpcError.failed(Words.simulated(String.valueOf(e.getMessage()))));
        } catch (Exception e) {
            return error(id, RpcError.failed(Words.simulated("the simulator failed with " + e)));
        }
    }

    /** A channel call is answered by its number, every other as usual. */
    String result(@Nullable Object id, @Nullable Object result) {
        JsonObject answer = new JsonObject().put("jsonrpc", "2.0");
        if (!RpcMethod.NOTHING.equals(result)) {
            answer.put("result", result);
        } else if (age.saysNull()) {
            answer.putNull("result");
        }
        return answer.put("id", id).encode();
    }

    static Answer error(@Nullable Object id, RpcError error) {
        String json = new JsonObject()
                .put("jsonrpc", "2.0")
                .put("error", new JsonObject().put("code", error.code()).put("message", error.text()))
                .put("id", id)
                .encode();
        return new Answer(status(error.code()), json);
    }

    /** What go-jsonrpc puts into the status line: errors of the protocol show there, those of the node do not. */
    private static int status(int code) {
        return switch (code) {
            case RpcError.INVALID_REQUEST -> 400;
            case RpcError.PARSE, RpcError.NO_METHOD, RpcError.PARAMS -> 500;
            default -> 200;
        };
    }
}
