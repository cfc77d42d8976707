package dev.pinfold.content;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Fixtures that lie beside the checkout. A test that needs them is skipped, with a sentence, where they are not. */
public final class Shared {
    private Shared() {}

    /** The path of {@code name} under the shared folder; aborts the test when there is none. */
    public static Path require(String name) {
        String override = System.getenv("PINFOLD_SHARED");
        Path root =
                override == null ? Path.of(System.getProperty("pinfold.root", "."), "..", "shared") : Path.of(override);
        Path path = root.resolve(name);
        if (!Files.exists(path)) {
            System.out.println("Skipped: " + name + " is not beside the checkout (set PINFOLD_SHARED to its folder)");
        }
        assumeTrue(Files.exists(path), name + " is not beside the checkout");
        return path;
    }

    /** The stream of a file, unpacked when its name ends in .gz. */
    public static InputStream open(Path path) throws IOException {
        InputStream raw = new ByteArrayInputStream(Files.readAllBytes(path));
        return path.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
    }
}
