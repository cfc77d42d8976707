package dev.pinfold.broker.gateway;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Fixtures that lie beside the checkout. A test that needs them is skipped, with a sentence, where they are not. */
final class Shared {
    private Shared() {}

    static Path require(String name) {
        String override = System.getenv("PINFOLD_SHARED");
        Path root = override == null
                ? Path.of(System.getProperty("pinfold.root", ".."), "..", "shared")
                : Path.of(override);
        Path path = root.resolve(name);
        if (!Files.exists(path)) {
            System.out.println("Skipped: " + name + " is not beside the checkout (set PINFOLD_SHARED to its folder)");
        }
        assumeTrue(Files.exists(path), name + " is not beside the checkout");
        return path;
    }

    /** The list of objects in a manifest. */
    static List<JsonNode> list(String manifest, String field) {
        try {
            List<JsonNode> all = new ArrayList<>();
            new ObjectMapper().readTree(require(manifest).toFile()).get(field).forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> cars(String folder) {
        try (Stream<Path> files = Files.walk(require(folder))) {
            return files.filter(file -> file.toString().matches(".*\\.car(\\.gz)?"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
