package dev.pinfold.filecoin;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Documents that lie beside the checkout. A test that needs them is skipped, with a sentence, where they are not. */
final class Shared {
    private Shared() {}

    static JsonNode json(String name) throws IOException {
        String override = System.getenv("PINFOLD_SHARED");
        Path root =
                override == null ? Path.of(System.getProperty("pinfold.root", "."), "..", "shared") : Path.of(override);
        Path path = root.resolve("data").resolve(name);
        if (!Files.exists(path)) {
            System.out.println("Skipped: " + name + " is not beside the checkout (set PINFOLD_SHARED to its folder)");
        }
        assumeTrue(Files.exists(path), name + " is not beside the checkout");
        return new ObjectMapper().readTree(path.toFile());
    }
}
