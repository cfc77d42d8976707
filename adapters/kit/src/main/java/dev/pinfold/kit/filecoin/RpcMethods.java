package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The methods a node has, and what stands between a caller and them. */
final class RpcMethods {
    private final Map<String, RpcMethod> methods = new TreeMap<>();
    private final Map<String, String> channels = new TreeMap<>();

    /** Adds a method that takes as many parameters on both paths. */
    void add(String name, String permission, int params, RpcMethod.Body body) {
        add(name, permission, params, params, body);
    }

    void add(String name, String permission, int paramsV0, int paramsV1, RpcMethod.Body body) {
        methods.put(name, new RpcMethod(name, permission, paramsV0, paramsV1, body));
    }

    /** Adds the name of a method that answers over a channel. */
    void channel(String name, String permission) {
        channels.put(name, permission);
    }

    boolean isChannel(String method) {
        return channels.containsKey(bare(method));
    }

    static String bare(String method) {
        return method.startsWith("Filecoin.") ? method.substring("Filecoin.".length()) : "?" + method;
    }

    /** Throws unless these permissions suffice for a channel. */
    void permitChannel(String method, Set<String> permissions) {
        permit(bare(method), channels.getOrDefault(bare(method), "admin"), permissions);
    }

    @Nullable
    Object call(String method, JsonArray params, boolean v1, Set<String> permissions) throws Exception {
        if (isChannel(method)) {
            throw new RpcError(
                    RpcError.NO_METHOD, "method '" + method + "' not supported in this mode (no out channel support)");
        }
        RpcMethod found = methods.get(bare(method));
        if (found == null || found.params(v1) < 0) {
            throw new RpcError(RpcError.NO_METHOD, "method '" + method + "' not found");
        }
        if (params.size() != found.params(v1)) {
            throw new RpcError(
                    RpcError.PARAMS,
                    "wrong param count (method '" + method + "'): " + params.size() + " != " + found.params(v1));
        }
        permit(found.name(), found.permission(), permissions);
        try {
            return found.body().call(params, v1);
        } catch (WireException | ClassCastException e) {
            throw new RpcError(RpcError.PARAMS, "unmarshaling params for '" + method + "': " + e.getMessage());
        }
    }

    private static void permit(String name, String needed, Set<String> permissions) {
        if (!permissions.contains(needed)) {
            throw RpcError.failed("missing permission to invoke '" + name + "' (need '" + needed + "')");
        }
    }
}
