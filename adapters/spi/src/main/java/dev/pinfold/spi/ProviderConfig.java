package dev.pinfold.spi;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of one provider, already checked against {@link ProviderFactory#settings()}: no unknown key, none
 * missing, defaults filled in, each text readable as its kind.
 *
 * @param id the provider's name in the fleet
 * @param settings texts by name; durations as ISO-8601 ({@code PT10S}), sizes as a number of bytes, secrets resolved
 * @param dataDirectory where the broker keeps its files; relative paths start here
 */
public record ProviderConfig(String id, Map<String, String> settings, Path dataDirectory) {
    public ProviderConfig {
        settings = Map.copyOf(settings);
    }

    /** Returns a setting that is required or has a default. */
    public String text(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("provider " + id + " has no setting '" + name + "'");
        }
        return value;
    }

    /** Returns a setting, or null where it is not given. */
    public @Nullable String textOrNull(String name) {
        return settings.get(name);
    }

    /** Settings may hold secrets: only their names are shown. */
    @Override
    public String toString() {
        return "ProviderConfig[id=" + id + ", settings=" + settings.keySet() + "]";
    }
}
