package dev.pinfold.broker.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of the API for tools, {@code /api/v1/openapi.yaml}; anybody may read it. */
public final class OpenApi {
    private static final String RESOURCE = "/openapi/openapi.yaml";

    private OpenApi() {}

    static void mount(Router router) {
        Buffer document = Buffer.buffer(text());
        router.get("/api/v1/openapi.yaml")
                .handler(ctx -> ctx.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
                        .end(document));
    }

    /** The document. */
    public static String text() {
        try (InputStream in = OpenApi.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing in this build");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
