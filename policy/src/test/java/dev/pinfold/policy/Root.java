package dev.pinfold.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The checkout, for tests that read its configuration. */
public final class Root {
    private Root() {}

    /** A path below the root of the checkout. */
    public static Path path(String below) {
        return Path.of(Objects.requireNonNull(System.getProperty("pinfold.root"), "pinfold.root"))
                .resolve(below);
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All worked policies that carry tests, by name. */
    public static List<Path> workedPolicies() {
        try (Stream<Path> files = Files.list(path("config/policies"))) {
            return files.filter(f -> f.toString().endsWith(".yaml"))
                    .filter(f -> read(f).contains("\ntests:"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
