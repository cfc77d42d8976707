package dev.pinfold.broker.config;

import dev.pinfold.broker.config.YamlNode.Entry;
import dev.pinfold.broker.config.YamlNode.Mapping;
import dev.pinfold.broker.config.YamlNode.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resolves {@code {env: NAME}} and {@code {file: PATH}}; paths are relative to the configuration file. */
record Secrets(Map<String, String> environment, Path directory) {
    private static final int MAX_BYTES = 64 << 10;
    private static final String FORM = "write {env: NAME} or {file: PATH}";

    /** Returns the secret, or null after a problem was reported. */
    @Nullable
    Secret resolve(String path, Mapping mapping, ConfigReader reader) {
        if (mapping.entries().size() != 1) {
            reader.report(mapping.mark(), "'" + path + "' must name one source; " + FORM);
            return null;
        }
        Entry entry = mapping.entries().get(0);
        if (!(entry.value() instanceof Scalar value) || value.empty()) {
            reader.report(entry.mark(), "'" + path + "." + Nearest.shorten(entry.key()) + "' is not a text; " + FORM);
            return null;
        }
        return switch (entry.key()) {
            case "env" -> fromEnvironment(path, value, reader);
            case "file" -> fromFile(path, value, reader);
            default -> {
                reader.report(entry.mark(), "'" + Nearest.shorten(entry.key()) + "' is no source of a secret; " + FORM);
                yield null;
            }
        };
    }

    private @Nullable Secret fromEnvironment(String path, Scalar name, ConfigReader reader) {
        String value = environment.get(name.text());
        if (value == null || value.isBlank()) {
            String which = "'" + path + "': the environment variable " + Nearest.shorten(name.text());
            reader.report(name.mark(), which + (value == null ? " is not set; set it" : " is empty; give it a value"));
            return null;
        }
        return new Secret(value.strip(), "env " + name.text());
    }

    private @Nullable Secret fromFile(String path, Scalar name, ConfigReader reader) {
        Path file = directory.resolve(name.text());
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            String value = new String(bytes, StandardCharsets.UTF_8).strip();
            if (bytes.length <= MAX_BYTES && !value.isEmpty()) {
                return new Secret(value, "file " + name.text());
            }
            String why = value.isEmpty() ? " is empty" : " is larger than 64 KiB";
            reader.report(name.mark(), "'" + path + "': the file " + file + why);
        } catch (IOException e) {
            String why = Files.exists(file) ? "cannot be read; check its permissions" : "does not exist";
            reader.report(name.mark(), "'" + path + "': the file " + file + " " + why);
        }
        return null;
    }
}
