package dev.pinfold.broker.config;

import dev.pinfold.broker.config.YamlNode.Entry;
import dev.pinfold.broker.config.YamlNode.Mapping;
import dev.pinfold.broker.config.YamlNode.Mark;
import dev.pinfold.broker.config.YamlNode.Scalar;
import dev.pinfold.broker.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings out of one group of a configuration file, and writes down what is wrong instead of stopping: after a
 * problem a default, or a value that is never used, stands in, so that one run finds every problem.
 */
final class ConfigReader {
    private final String file;
    private final Mapping root;
    private final Secrets secrets;
    private final List<Problem> problems;

    ConfigReader(String file, Mapping root, Secrets secrets, List<Problem> problems) {
        this.file = file;
        this.root = root;
        this.secrets = secrets;
        this.problems = problems;
    }

    void report(Mark at, String message) {
        problems.add(new Problem(file, at.line(), at.column(), message));
    }

    /** The place of a setting, or of the group it is missing from. */
    Mark markOf(Key<?> key) {
        YamlNode node = find(key.path());
        return node == null ? root.mark() : node.mark();
    }

    /** Returns the value of a setting that has a default. */
    <T> T value(Key<T> key) {
        T value = valueOrNull(key);
        return value == null ? key.defaultValue() : value;
    }

    /** Returns the value of a setting, or null where it is not given or not right. */
    <T> @Nullable T valueOrNull(Key<T> key) {
        YamlNode node = find(key.path());
        if (node == null) {
            if (key.required()) {
                report(
                        root.mark(),
                        "'" + key.path() + "' is missing; give " + key.kind().name());
            }
            return null;
        }
        return scalar(key.path(), key.kind(), node);
    }

    /** Returns the items of a list setting. */
    <T> List<T> list(Key<T> key) {
        YamlNode node = find(key.path());
        if (node == null) {
            return key.defaultText() == null ? List.of() : List.of(key.defaultValue());
        }
        if (!(node instanceof Sequence(List<YamlNode> items, Mark at))) {
            report(node.mark(), "'" + key.path() + "' must be a list, this is " + node.kind() + "; write [item, item]");
            return List.of();
        }
        if (items.size() > key.maxItems()) {
            report(
                    at,
                    "'" + key.path() + "' has " + items.size() + " items; at most " + key.maxItems() + " are allowed");
            return List.of();
        }
        List<T> values = new ArrayList<>();
        for (YamlNode item : items) {
            T value = scalar(key.path(), key.kind(), item);
            if (value != null && values.contains(value)) {
                report(item.mark(), "'" + key.path() + "': " + item.kind() + " stands in the list twice");
            } else if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** Returns the values of a setting whose keys the operator chooses. */
    <T> Map<String, T> named(Key<T> key) {
        YamlNode node = find(key.path());
        if (node == null) {
            return Map.of();
        }
        if (!(node instanceof Mapping(List<Entry> entries, Mark at))) {
            report(node.mark(), "'" + key.path() + "' must be a group of names and values, this is " + node.kind());
            return Map.of();
        }
        if (entries.size() > key.maxItems()) {
            report(at, "'" + key.path() + "' has " + entries.size() + " entries; at most " + key.maxItems());
        }
        Map<String, T> values = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (!entry.key().matches("[A-Za-z][A-Za-z0-9._-]{0,62}")) {
                report(
                        entry.mark(),
                        "'" + Nearest.shorten(entry.key()) + "' is not a name of letters, digits and . _ -");
            }
            T value = scalar(key.path() + "." + Nearest.shorten(entry.key()), key.kind(), entry.value());
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }

    /** Returns a secret that may also be written as plain text. */
    @Nullable
    Secret secret(Key<String> key) {
        YamlNode node = find(key.path());
        if (node == null) {
            return null;
        }
        if (node instanceof Mapping mapping) {
            return secrets.resolve(key.path(), mapping, this);
        }
        String text = scalar(key.path(), key.kind(), node);
        return text == null ? null : new Secret(text, "the configuration file");
    }

    /** Reports every key that is not known here, with the word that was probably meant. */
    void refuseUnknown(Collection<String> known, String opaque) {
        Set<String> groups = new LinkedHashSet<>();
        for (String path : known) {
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                groups.add(path.substring(0, dot));
            }
        }
        refuseUnknown("", root, known, groups, opaque);
    }

    private void refuseUnknown(
            String prefix, Mapping mapping, Collection<String> known, Set<String> groups, String opaque) {
        for (Entry entry : mapping.entries()) {
            String path = prefix + entry.key();
            if (path.equals(opaque) || known.contains(path)) {
                continue;
            }
            if (!groups.contains(path)) {
                report(entry.mark(), unknown(prefix, entry.key(), known, groups, opaque));
            } else if (entry.value() instanceof Mapping inner) {
                refuseUnknown(path + ".", inner, known, groups, opaque);
            } else {
                report(
                        entry.value().mark(),
                        "'" + path + "' must be a group of keys, this is "
                                + entry.value().kind());
            }
        }
    }

    private static String unknown(
            String prefix, String key, Collection<String> known, Set<String> groups, String opaque) {
        Set<String> here = new LinkedHashSet<>();
        for (String path : known) {
            if (path.startsWith(prefix)) {
                String rest = path.substring(prefix.length());
                here.add(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
            }
        }
        if (prefix.isEmpty()) {
            here.add(opaque);
        }
        String where = prefix.isEmpty() ? "here" : "in '" + prefix.substring(0, prefix.length() - 1) + "'";
        String text = "there is no setting '" + Nearest.shorten(key) + "' " + where;
        String near = Nearest.to(key, here);
        if (near != null) {
            return text + "; did you mean '" + near + "'?";
        }
        for (String path : known) {
            String last = path.substring(path.lastIndexOf('.') + 1);
            if (last.equals(key) || (groups.contains(path) && path.equals(key))) {
                return text + "; did you mean '" + path + "'?";
            }
        }
        return text + "; known are " + String.join(", ", here);
    }

    private <T> @Nullable T scalar(String path, Kind<T> kind, YamlNode node) {
        if (!(node instanceof Scalar(String text, boolean empty, Mark at)) || empty) {
            report(node.mark(), "'" + path + "' needs " + kind.name() + ", this is " + node.kind());
            return null;
        }
        try {
            return kind.read(text);
        } catch (IllegalArgumentException e) {
            report(at, "'" + path + "': '" + Nearest.shorten(text) + "' " + e.getMessage());
            return null;
        }
    }

    @Nullable
    YamlNode find(String path) {
        YamlNode node = root;
        for (String part : path.split("\\.", -1)) {
            if (!(node instanceof Mapping mapping)) {
                return null;
            }
            node = mapping.get(part);
        }
        return node;
    }
}
