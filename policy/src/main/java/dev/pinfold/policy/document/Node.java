package dev.pinfold.policy.document;

import java.util.List;
import java.util.Optional;

/** A parsed document that still knows where everything stood. */
sealed interface Node {
    /** Where the value begins. */
    Position at();

    /** What kind of thing this is, for messages. */
    String kind();

    /**
     * A place in a text.
     *
     * @param line 1-based
     * @param column 1-based
     */
    record Position(int line, int column) {}

    /** A mapping, entries in file order. */
    record Mapping(Position at, List<Entry> entries) implements Node {
        Optional<Entry> entry(String key) {
            return entries.stream().filter(e -> e.key().equals(key)).findFirst();
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** One key of a mapping. */
    record Entry(String key, Position keyAt, Node value) {}

    /** A list. */
    record Sequence(Position at, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A single value, text as written. */
    record Scalar(Position at, String text, Type type) implements Node {
        @Override
        public String kind() {
            return switch (type) {
                case TEXT -> "the text \"" + Words.shortened(text) + "\"";
                case NUMBER -> "the number " + Words.shortened(text);
                case BOOLEAN -> text;
                case NULL -> "nothing";
            };
        }
    }

    /** How a scalar was written. */
    enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL
    }
}
