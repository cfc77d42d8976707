package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import org.jspecify.annotations.Nullable;

/**
 * One method of a node.
 *
 * @param name without {@code Filecoin.}
 * @param permission what a token must allow
 * @param paramsV0 how many parameters it has on {@code /rpc/v0}, −1 where it does not exist there
 * @param paramsV1 the same on {@code /rpc/v1}
 */
record RpcMethod(String name, String permission, int paramsV0, int paramsV1, Body body) {
    /** Stands for the result of a method that returns nothing. */
    static final Object NOTHING = new Object();

    /** What it does. */
    interface Body {
        /** Answers a call; {@code v1} tells whether it came in on {@code /rpc/v1}. */
        @Nullable
        Object call(JsonArray params, boolean v1) throws Exception;
    }

    int params(boolean v1) {
        return v1 ? paramsV1 : paramsV0;
    }
}
