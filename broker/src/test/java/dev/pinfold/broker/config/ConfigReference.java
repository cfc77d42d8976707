package dev.pinfold.broker.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes everything that can be derived from {@link ConfigKeys} and the adapters' settings: the reference, the
 * documented example and the JSON Schema. {@link ConfigReferenceTest} compares them with the files of the repository.
 */
final class ConfigReference {
    private static final Map<String, String> SAMPLES = Map.ofEntries(
            Map.entry("management.host", "127.0.0.1"),
            Map.entry("management.port", "8091"),
            Map.entry("database.url", "{env: PINFOLD_DATABASE_URL}"),
            Map.entry("gateway.denylist", "./denylist.txt"),
            Map.entry(
                    "psa.delegates",
                    "[/dns4/node.example.com/tcp/4001/p2p/12D3KooWEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP]"),
            Map.entry("fetch.gateways", "[https://trustless-gateway.link]"),
            Map.entry("fetch.allow", "[10.1.0.0/16]"),
            Map.entry("policy.file", "policies/quickstart.yaml"),
            Map.entry(
                    "labels", "{region: eu-west, country: IE, jurisdiction: EU, org: example, backing: example-cloud}"),
            Map.entry("price.asOf", "2026-11-20"),
            Map.entry("deals.publicUrl", "https://pinfold.example"),
            Map.entry("deals.coinPrice", "4.20"));

    private final List<ProviderFactory> factories;

    ConfigReference(List<ProviderFactory> factories) {
        this.factories = factories;
    }

    String example() {
        StringBuilder out = new StringBuilder("""
                # Every setting of the broker, with its default. Start with `pinfold serve --config FILE`.
                # Derived from the code (ConfigReferenceTest); settings that are commented out have no default.
                # Durations: 500ms 10s 5m 24h 30d. Sizes: 10 (bytes) 64KiB 2MiB 1GiB 1TiB 1PiB.
                # Secrets are never written here: {env: NAME} or {file: PATH}.
                """);
        String group = "";
        for (Key<?> key : ConfigKeys.BROKER) {
            group = group(out, key, group, "");
            line(out, key, key.path().contains(".") ? "  " : "");
        }
        out.append("\n# Who holds the copies: 1 to ")
                .append(ConfigKeys.MAX_PROVIDERS)
                .append(" entries.\nproviders:\n");
        for (ProviderFactory factory : factories) {
            provider(out, factory);
        }
        return out.toString();
    }

    private void provider(StringBuilder out, ProviderFactory factory) {
        String group = "";
        for (Key<?> key : ConfigKeys.PROVIDER) {
            if (key.equals(ConfigKeys.ID)) {
                out.append("  # ")
                        .append(about(key))
                        .append("\n  - id: example-")
                        .append(factory.type())
                        .append('\n');
                continue;
            }
            group = group(out, key, group, "    ");
            if (key.equals(ConfigKeys.TYPE)) {
                out.append("    # ")
                        .append(about(key))
                        .append("\n    type: ")
                        .append(factory.type())
                        .append('\n');
                continue;
            }
            line(out, key, key.path().contains(".") ? "      " : "    ");
        }
        out.append("    # What this adapter needs to know.\n    settings:\n");
        for (Setting setting : factory.settings()) {
            String value = setting.defaultText() == null ? sample(setting) : setting.defaultText();
            boolean active = setting.required() || setting.defaultText() != null;
            out.append("      # ").append(about(setting)).append('\n');
            out.append("      ")
                    .append(active ? "" : "# ")
                    .append(setting.name())
                    .append(": ");
            // A text that looks like a number must not be read as one.
            boolean number = setting.kind() == Setting.Kind.TEXT && value.matches("[0-9.]+");
            out.append(number ? '"' + value + '"' : quoted(value)).append('\n');
        }
        out.append('\n');
    }

    private static String group(StringBuilder out, Key<?> key, String before, String indent) {
        String path = key.path();
        String group = path.contains(".") ? path.substring(0, path.indexOf('.')) : "";
        if (!group.equals(before) && !group.isEmpty()) {
            out.append(indent.isEmpty() ? "\n" : "")
                    .append(indent)
                    .append(holdsADefault(group) ? "" : "# ")
                    .append(group)
                    .append(":\n");
        } else if (!group.equals(before) && indent.isEmpty()) {
            out.append('\n');
        }
        return group;
    }

    private static void line(StringBuilder out, Key<?> key, String indent) {
        String name = key.path().substring(key.path().lastIndexOf('.') + 1);
        String value = value(key);
        out.append(indent).append("# ").append(about(key)).append('\n');
        out.append(indent)
                .append(active(key) ? "" : "# ")
                .append(name)
                .append(": ")
                .append(value)
                .append('\n');
    }

    /** A group without anything in it would be an error. */
    private static boolean holdsADefault(String group) {
        return Stream.concat(ConfigKeys.BROKER.stream(), ConfigKeys.PROVIDER.stream())
                .filter(key -> key.path().startsWith(group + "."))
                .anyMatch(ConfigReference::active);
    }

    private static boolean active(Key<?> key) {
        return key.defaultText() != null || key.required() || emptyList(key);
    }

    private static boolean emptyList(Key<?> key) {
        return key.equals(ConfigKeys.LABELS);
    }

    private static String value(Key<?> key) {
        String text = key.defaultText() == null ? SAMPLES.get(key.path()) : key.defaultText();
        if (text == null) {
            throw new IllegalStateException("give a sample value for " + key.path());
        }
        boolean list = key.shape() == Key.Shape.LIST && key.defaultText() != null;
        return list ? "[" + quoted(text) + "]" : quoted(text);
    }

    private static String quoted(String text) {
        return text.startsWith("*") || text.isEmpty() ? "\"" + text + "\"" : text;
    }

    private static String about(Key<?> key) {
        String bounds = key.kind().bounds().isEmpty() ? "" : " (" + key.kind().bounds() + ")";
        String must = key.required() ? " Required." : "";
        return key.meaning() + must + " " + sentence(key.kind().name()) + bounds + defaultOf(key) + ".";
    }

    private static String defaultOf(Key<?> key) {
        return key.defaultText() == null ? "" : ", default " + key.defaultText();
    }

    private static String about(Setting setting) {
        String fallback = setting.defaultText() == null ? "" : " Default " + setting.defaultText() + ".";
        String must = setting.required() ? " Required." : "";
        return setting.kind() + ". " + sentence(setting.meaning())
                + (setting.meaning().endsWith(".") ? "" : ".") + must + fallback;
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
    }

    private static String sample(Setting setting) {
        return switch (setting.kind()) {
            case TEXT -> "example";
            case URL -> "https://pins.example.com";
            case PATH -> "stores/example";
            case DURATION -> "10s";
            case SIZE -> "1MiB";
            case INTEGER -> "1";
            case BOOLEAN -> "true";
            case SECRET -> "{env: PINFOLD_EXAMPLE_TOKEN}";
        };
    }

    String markdown() {
        StringBuilder out = new StringBuilder("""
                # Configuration

                `pinfold serve --config FILE` reads one YAML file. It is strict: an unknown key, a wrong unit or a value out of
                bounds is an error with `file:line:column` and the nearest right word, and one run reports every problem.
                `config/broker.example.yaml` is a complete file to start from; `config/schema/broker.schema.json` lets an editor
                complete and check it. Without `--config`, `config/quickstart.yaml` is used.

                Durations are written `500ms`, `10s`, `5m`, `24h`, `30d`; sizes `10` (bytes), `64KiB`, `2MiB`, `1GiB`, `1TiB`, `1PiB`.
                Secrets are written `{env: NAME}` or `{file: PATH}` and never shown. Anchors, aliases and tags are refused.

                This page is derived from the code; `ConfigReferenceTest` fails when it is stale and says how to renew it.

                ## The broker

                """);
        table(out, ConfigKeys.BROKER);
        out.append("\n## Each entry of `providers`\n\n");
        table(out, ConfigKeys.PROVIDER);
        out.append("| `settings` | see below | | What the adapter needs to know. |\n");
        out.append("\n## Settings of the adapters\n");
        for (ProviderFactory factory : factories) {
            out.append("\n### `type: ").append(factory.type()).append("`\n\n");
            out.append("| setting | kind | default | meaning |\n|---|---|---|---|\n");
            for (Setting s : factory.settings()) {
                String fallback =
                        s.required() ? "required" : s.defaultText() == null ? "" : "`" + s.defaultText() + "`";
                out.append("| `")
                        .append(s.name())
                        .append("` | ")
                        .append(s.kind())
                        .append(" | ")
                        .append(fallback);
                out.append(" | ").append(cell(s.meaning())).append(" |\n");
            }
        }
        return out.toString();
    }

    private static void table(StringBuilder out, List<Key<?>> keys) {
        out.append("| setting | value | default | meaning |\n|---|---|---|---|\n");
        for (Key<?> key : keys) {
            String bounds =
                    key.kind().bounds().isEmpty() ? "" : ", " + key.kind().bounds();
            String shape = switch (key.shape()) {
                case ONE -> "";
                case LIST -> "list of at most " + key.maxItems() + ": ";
                case NAMED -> "names and values, at most " + key.maxItems() + ": ";
            };
            String fallback =
                    key.required() ? "required" : key.defaultText() == null ? "" : "`" + key.defaultText() + "`";
            out.append("| `")
                    .append(key.path())
                    .append("` | ")
                    .append(cell(shape + key.kind().name() + bounds));
            out.append(key.secret() ? ", or a secret" : "").append(" | ").append(fallback);
            out.append(" | ").append(cell(key.meaning())).append(" |\n");
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    String schema() {
        Map<String, Object> root = object();
        ConfigKeys.BROKER.forEach(key -> put(root, key));
        Map<String, Object> provider = object();
        ConfigKeys.PROVIDER.forEach(key -> put(provider, key));
        properties(provider).put("settings", Map.of("type", "object"));
        provider.put("allOf", factories.stream().map(ConfigReference::byType).toList());
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("type", "array");
        list.put("minItems", 1);
        list.put("maxItems", ConfigKeys.MAX_PROVIDERS);
        list.put("items", provider);
        properties(root).put("providers", list);
        required(root).add("providers");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        all.put("title", "Pinfold broker configuration");
        all.putAll(root);
        try {
            return new ObjectMapper()
                            .enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                            .writeValueAsString(all)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> byType(ProviderFactory factory) {
        Map<String, Object> settings = object();
        for (Setting setting : factory.settings()) {
            Map<String, Object> schema = new LinkedHashMap<>(schemaOf(setting.kind()));
            schema.put("description", setting.meaning());
            properties(settings).put(setting.name(), schema);
            if (setting.required()) {
                required(settings).add(setting.name());
            }
        }
        Map<String, Object> then = new LinkedHashMap<>();
        then.put("properties", Map.of("settings", settings));
        if (!required(settings).isEmpty()) {
            then.put("required", List.of("settings"));
        }
        return Map.of("if", Map.of("properties", Map.of("type", Map.of("const", factory.type()))), "then", then);
    }

    private static Map<String, Object> schemaOf(Setting.Kind kind) {
        return switch (kind) {
            case TEXT, PATH -> Kind.anyText().schema();
            case URL -> Kind.url().schema();
            case DURATION -> Kind.duration("0s", "365d").schema();
            case SIZE -> Kind.size("0", "4096PiB").schema();
            case INTEGER -> Map.of("type", "integer");
            case BOOLEAN -> Kind.bool().schema();
            case SECRET -> secretSchema();
        };
    }

    private static Map<String, Object> secretSchema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", Map.of("env", Map.of("type", "string"), "file", Map.of("type", "string")));
        schema.put("additionalProperties", false);
        schema.put("minProperties", 1);
        schema.put("maxProperties", 1);
        return schema;
    }

    private static void put(Map<String, Object> root, Key<?> key) {
        Map<String, Object> at = root;
        String path = key.path();
        if (path.contains(".")) {
            String group = path.substring(0, path.indexOf('.'));
            if (key.required() && !required(root).contains(group)) {
                required(root).add(group);
            }
            at = asObject(properties(root).computeIfAbsent(group, g -> object()));
            path = path.substring(path.indexOf('.') + 1);
        }
        if (key.required()) {
            required(at).add(path);
        }
        properties(at).put(path, schemaOf(key));
    }

    private static Map<String, Object> schemaOf(Key<?> key) {
        Map<String, Object> one = key.secret()
                ? Map.of("anyOf", List.of(key.kind().schema(), secretSchema()))
                : key.kind().schema();
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (key.shape()) {
            case ONE -> schema.putAll(one);
            case LIST -> {
                schema.put("type", "array");
                schema.put("items", one);
                schema.put("maxItems", key.maxItems());
                schema.put("uniqueItems", true);
            }
            case NAMED -> {
                schema.put("type", "object");
                schema.put("additionalProperties", one);
                schema.put("maxProperties", key.maxItems());
            }
        }
        schema.put("description", about(key));
        return schema;
    }

    private static Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        object.put("additionalProperties", false);
        object.put("properties", new LinkedHashMap<String, Object>());
        object.put("required", new ArrayList<String>());
        return object;
    }

    private static Map<String, Object> properties(Map<String, Object> object) {
        return asObject(object.get("properties"));
    }

    @SuppressWarnings("unchecked")
    private static List<String> required(Map<String, Object> object) {
        return (List<String>) present(object.get("required"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asObject(@Nullable Object value) {
        return (Map<String, Object>) present(value);
    }

    private static Object present(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("missing");
        }
        return value;
    }
}
