package dev.pinfold.kit.filecoin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer.
 *
 * @param file sent instead of the body where given: {@code length} bytes from {@code offset}
 * @param temporary whether the file is deleted afterwards
 */
record Reply(
        int status,
        Map<String, String> headers,
        Buffer body,
        @Nullable Path file,
        long offset,
        long length,
        boolean temporary) {

    static Reply of(int status, @Nullable String contentType, Buffer body) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (contentType != null) {
            headers.put("Content-Type", contentType);
        }
        return new Reply(status, headers, body, null, 0, 0, false);
    }

    static Reply empty(int status) {
        return of(status, null, Buffer.buffer());
    }

    static Reply text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", Buffer.buffer(text));
    }

    static Reply json(String json) {
        return of(200, "application/json", Buffer.buffer(json));
    }

    static Reply file(int status, String contentType, Path file, long offset, long length, boolean temporary) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        return new Reply(status, headers, Buffer.buffer(), file, offset, length, temporary);
    }

    Reply header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sends it; on the request's own context. */
    void send(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            discard();
            return;
        }
        headers.forEach(response::putHeader);
        response.putHeader("Server", Words.SIMULATED).setStatusCode(status);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(file == null ? body.length() : length));
            response.end();
            discard();
        } else if (file == null) {
            response.end(body);
        } else {
            response.sendFile(file.toString(), offset, length).onComplete(sent -> discard());
        }
    }

    private void discard() {
        if (temporary && file != null) {
            file.toFile().delete();
        }
    }
}
