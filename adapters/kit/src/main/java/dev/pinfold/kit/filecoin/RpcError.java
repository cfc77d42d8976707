package dev.pinfold.kit.filecoin;

/** An answer of JSON-RPC that is an error. */
final class RpcError extends RuntimeException {
    static final int PARSE = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int NO_METHOD = -32601;
    static final int PARAMS = -32602;
    /** Any error of the node itself: the message is all there is. */
    static final int FAILED = 1;

    private final int code;

    RpcError(int code, String message) {
        super(message);
        this.code = code;
    }

    static RpcError failed(String message) {
        return new RpcError(FAILED, message);
    }

    int code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
