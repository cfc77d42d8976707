package dev.pinfold.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a YAML file, with the place where it stands. Scalars stay text: their key says how to read them. */
sealed interface YamlNode {
    /** Line and column from 1. */
    record Mark(int line, int column) {
        static final Mark START = new Mark(1, 1);
    }

    Mark mark();

    /** How a reader would call it. */
    String kind();

    record Scalar(String text, boolean empty, Mark mark) implements YamlNode {
        @Override
        public String kind() {
            return empty ? "nothing" : "'" + Nearest.shorten(text) + "'";
        }
    }

    record Sequence(List<YamlNode> items, Mark mark) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    record Mapping(List<Entry> entries, Mark mark) implements YamlNode {
        @Override
        public String kind() {
            return "a group of keys";
        }

        @Nullable
        YamlNode get(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    record Entry(String key, Mark mark, YamlNode value) {}
}
