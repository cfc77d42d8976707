package dev.pinfold.broker.config;

import dev.pinfold.broker.config.BrokerConfig.Price;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.config.BrokerConfig.ProviderLimits;
import dev.pinfold.broker.config.BrokerConfig.Rate;
import dev.pinfold.broker.config.BrokerConfig.Timeouts;
import dev.pinfold.broker.config.YamlNode.Entry;
import dev.pinfold.broker.config.YamlNode.Mapping;
import dev.pinfold.broker.config.YamlNode.Mark;
import dev.pinfold.broker.config.YamlNode.Scalar;
import dev.pinfold.broker.config.YamlNode.Sequence;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the {@code providers} of a configuration file; the {@code settings} of each belong to its adapter. */
final class ProviderReader {
    private final String file;
    private final Secrets secrets;
    private final Path data;
    private final Map<String, ProviderFactory> factories;
    private final List<Problem> problems;

    ProviderReader(
            String file, Secrets secrets, Path data, Map<String, ProviderFactory> factories, List<Problem> problems) {
        this.file = file;
        this.secrets = secrets;
        this.data = data;
        this.factories = factories;
        this.problems = problems;
    }

    static Map<String, ProviderFactory> byType(Iterable<ProviderFactory> factories) {
        Map<String, ProviderFactory> byType = new TreeMap<>();
        factories.forEach(factory -> byType.put(factory.type(), factory));
        return byType;
    }

    List<ProviderEntry> read(Sequence list) {
        List<ProviderEntry> entries = new ArrayList<>();
        Map<String, Mark> seen = new HashMap<>();
        for (YamlNode item : list.items()) {
            if (!(item instanceof Mapping mapping)) {
                report(item.mark(), "a provider must be a group of keys, this is " + item.kind());
                continue;
            }
            ConfigReader in = new ConfigReader(file, mapping, secrets, problems);
            ProviderEntry entry = entry(in, mapping);
            if (entry == null) {
                continue;
            }
            Mark first = seen.putIfAbsent(entry.id(), in.markOf(ConfigKeys.ID));
            if (first != null) {
                String text = "a provider '" + entry.id() + "' already stands in line " + first.line();
                in.report(in.markOf(ConfigKeys.ID), text + "; every id is used once");
            }
            entries.add(entry);
        }
        return entries;
    }

    private @Nullable ProviderEntry entry(ConfigReader in, Mapping mapping) {
        in.refuseUnknown(ConfigKeys.PROVIDER.stream().map(Key::path).toList(), ConfigKeys.SETTINGS);
        String id = in.valueOrNull(ConfigKeys.ID);
        String type = in.valueOrNull(ConfigKeys.TYPE);
        Map<String, String> labels = in.named(ConfigKeys.LABELS);
        Price price = price(in);
        ProviderLimits limits =
                new ProviderLimits(in.value(ConfigKeys.PROVIDER_MAX_DAG_BYTES), in.value(ConfigKeys.PROVIDER_MAX_PINS));
        Rate rate = new Rate(
                in.value(ConfigKeys.PROVIDER_RATE),
                in.value(ConfigKeys.PROVIDER_BURST),
                in.value(ConfigKeys.LIST_PER_MINUTE));
        Timeouts timeouts = new Timeouts(in.value(ConfigKeys.CALL_TIMEOUT), in.value(ConfigKeys.TRANSFER_TIMEOUT));
        var tier = in.value(ConfigKeys.TIER);
        int concurrency = in.value(ConfigKeys.CONCURRENCY);
        Map<String, String> settings = type == null ? Map.of() : settings(in, mapping, type);
        if (id == null || type == null) {
            return null;
        }
        ProviderConfig adapter = new ProviderConfig(id, settings, data);
        return new ProviderEntry(id, type, tier, labels, price, limits, rate, concurrency, timeouts, adapter);
    }

    private static Price price(ConfigReader in) {
        return new Price(
                in.value(ConfigKeys.STORAGE_PRICE),
                in.value(ConfigKeys.EGRESS_PRICE),
                in.value(ConfigKeys.PIN_PRICE),
                in.value(ConfigKeys.FIXED_PRICE),
                in.value(ConfigKeys.CURRENCY),
                in.valueOrNull(ConfigKeys.AS_OF));
    }

    private Map<String, String> settings(ConfigReader in, Mapping provider, String type) {
        ProviderFactory factory = factories.get(type);
        if (factory == null) {
            List<String> known = List.copyOf(factories.keySet());
            String text = "there is no adapter '" + Nearest.shorten(type) + "'" + Kind.meant(type, known);
            in.report(in.markOf(ConfigKeys.TYPE), text + "; known are " + String.join(", ", known));
            return Map.of();
        }
        YamlNode node = in.find(ConfigKeys.SETTINGS);
        if (node != null && !(node instanceof Mapping)) {
            in.report(node.mark(), "'settings' must be a group of keys, this is " + node.kind());
            return Map.of();
        }
        Mapping given = node instanceof Mapping m ? m : new Mapping(List.of(), provider.mark());
        List<String> names = factory.settings().stream().map(Setting::name).toList();
        for (Entry entry : given.entries()) {
            if (!names.contains(entry.key())) {
                String text = "the adapter '" + type + "' has no setting '" + Nearest.shorten(entry.key()) + "'";
                String known = names.isEmpty() ? "it has none" : "known are " + String.join(", ", names);
                String meant = Kind.meant(entry.key(), names);
                in.report(entry.mark(), text + (meant.isEmpty() ? "; " + known : meant));
            }
        }
        Map<String, String> values = new HashMap<>();
        for (Setting setting : factory.settings()) {
            String value = value(in, type, given, setting);
            if (value != null) {
                values.put(setting.name(), value);
            }
        }
        return values;
    }

    private @Nullable String value(ConfigReader in, String type, Mapping given, Setting setting) {
        YamlNode node = given.get(setting.name());
        if (node == null) {
            if (setting.required()) {
                String text = "'settings." + setting.name() + "' is missing; the adapter '" + type + "' needs it: ";
                in.report(given.mark(), text + setting.meaning());
            }
            return fallback(type, setting);
        }
        String path = "settings." + setting.name();
        if (setting.kind() == Setting.Kind.SECRET) {
            return secret(in, path, node);
        }
        if (!(node instanceof Scalar(String text, boolean empty, Mark at)) || empty) {
            in.report(node.mark(), "'" + path + "' needs a value, this is " + node.kind() + ": " + setting.meaning());
            return null;
        }
        try {
            return normal(setting.kind(), text);
        } catch (IllegalArgumentException e) {
            in.report(at, "'" + path + "': '" + Nearest.shorten(text) + "' " + e.getMessage());
            return null;
        }
    }

    private static @Nullable String fallback(String type, Setting setting) {
        String text = setting.defaultText();
        try {
            return text == null ? null : normal(setting.kind(), text);
        } catch (IllegalArgumentException e) {
            String message = "error in the adapter '" + type + "': the default '" + text + "' of its setting '"
                    + setting.name() + "' " + e.getMessage() + "; correct its Setting.defaultText";
            throw new IllegalStateException(message, e);
        }
    }

    private @Nullable String secret(ConfigReader in, String path, YamlNode node) {
        if (!(node instanceof Mapping mapping)) {
            String text = "' is a secret and does not belong into this file; write {env: NAME} or {file: PATH}";
            in.report(node.mark(), "'" + path + text);
            return null;
        }
        Secret secret = secrets.resolve(path, mapping, in);
        return secret == null ? null : secret.value();
    }

    /** The text as the adapter gets it: durations as ISO-8601, sizes as a number of bytes. */
    private static String normal(Setting.Kind kind, String text) {
        return switch (kind) {
            case TEXT, PATH, SECRET -> Kind.anyText().read(text);
            case URL -> Kind.readUrl(text).toString();
            case DURATION -> Units.duration(text).toString();
            case SIZE -> Long.toString(Units.size(text));
            case INTEGER ->
                Long.toString(Kind.number(Long.MIN_VALUE, Long.MAX_VALUE).read(text));
            case BOOLEAN -> Boolean.toString(Kind.bool().read(text));
        };
    }

    private void report(Mark at, String message) {
        problems.add(new Problem(file, at.line(), at.column(), message));
    }
}
