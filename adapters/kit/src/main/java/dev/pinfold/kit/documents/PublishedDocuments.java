package dev.pinfold.kit.documents;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Documents that others published, beside the checkout. A test that cannot do without is skipped, with a sentence. */
public final class PublishedDocuments {
    private PublishedDocuments() {}

    /** The document; null where it is not there. */
    public static @Nullable JsonObject find(String name) {
        String override = System.getenv("PINFOLD_SHARED");
        Path root =
                override == null ? Path.of(System.getProperty("pinfold.root", "."), "..", "shared") : Path.of(override);
        Path path = root.resolve(name);
        try {
            return Files.exists(path) ? new JsonObject(Files.readString(path)) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document; skips the test where it is not there. */
    public static JsonObject require(String name) {
        JsonObject found = find(name);
        if (found == null) {
            System.out.println("Skipped: " + name + " is not beside the checkout (set PINFOLD_SHARED to its folder)");
        }
        assumeTrue(found != null, name + " is not beside the checkout (set PINFOLD_SHARED to its folder)");
        return java.util.Objects.requireNonNull(found);
    }
}
