package dev.pinfold.policy.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads YAML or JSON into {@link Node}s with positions, bounded in size, depth and number of values. Anchors, aliases
 * and tags are refused: they are how small files become large, and nothing here needs them.
 */
final class TreeReader {
    /** Largest document, in characters. */
    static final int MAX_CHARACTERS = 8 << 20;

    private static final int MAX_YAML_LINE = 64 << 10;
    private static final int MAX_DEPTH = 40;
    private static final int MAX_VALUES = 400_000;

    private final Problems problems;
    private final JsonParser parser;
    private int values;

    private TreeReader(Problems problems, JsonParser parser) {
        this.problems = problems;
        this.parser = parser;
    }

    /** The tree, or null when the text is no document; then there are problems. JSON is told by its first character. */
    static @Nullable Node read(String text, Problems problems) {
        if (text.length() > MAX_CHARACTERS) {
            problems.add(
                    new Node.Position(1, 1),
                    "the document has " + text.length() + " characters, at most " + MAX_CHARACTERS + " are read");
            return null;
        }
        if (!isJson(text) && tooLongLine(text, problems)) {
            return null;
        }
        try (JsonParser parser = open(text)) {
            return new TreeReader(problems, parser).document();
        } catch (Refused e) {
            problems.add(e.at, String.valueOf(e.getMessage()));
        } catch (JsonProcessingException e) {
            problems.add(position(e.getLocation()), "not readable: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be read", e);
        }
        return null;
    }

    private static boolean isJson(String text) {
        String start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[");
    }

    /** The YAML scanner is slow on very long scalars, and nobody writes such lines by hand. */
    private static boolean tooLongLine(String text, Problems problems) {
        int line = 1;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int stop = end < 0 ? text.length() : end;
            if (stop - start > MAX_YAML_LINE) {
                problems.add(
                        new Node.Position(line, MAX_YAML_LINE),
                        "the line has " + (stop - start) + " characters, at most " + MAX_YAML_LINE + " are read");
                return true;
            }
            start = stop + 1;
            line++;
        }
        return false;
    }

    private static JsonParser open(String text) throws IOException {
        StreamReadConstraints bounds = StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(1 << 20)
                .maxNumberLength(64)
                .build();
        if (isJson(text)) {
            return JsonFactory.builder().streamReadConstraints(bounds).build().createParser(text);
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        return YAMLFactory.builder()
                .streamReadConstraints(bounds)
                .loaderOptions(options)
                .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                .build()
                .createParser(text);
    }

    private @Nullable Node document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            problems.add(new Node.Position(1, 1), "the document is empty");
            return null;
        }
        Node root = value(0);
        if (parser.nextToken() != null) {
            problems.add(here(), "there is a second document; one file holds one");
            return null;
        }
        return root;
    }

    private Node value(int depth) throws IOException {
        Node.Position at = here();
        if (++values > MAX_VALUES) {
            throw new Refused(at, "more than " + MAX_VALUES + " values");
        }
        if (depth > MAX_DEPTH) {
            throw new Refused(at, "nested deeper than " + MAX_DEPTH + " levels");
        }
        refuseYamlMagic(at);
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(at, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(depth + 1));
            }
            return new Node.Sequence(at, List.copyOf(items));
        }
        return new Node.Scalar(at, scalarText(token), type(token));
    }

    private Node mapping(Node.Position at, int depth) throws IOException {
        List<Node.Entry> entries = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            Node.Position keyAt = here();
            refuseYamlMagic(keyAt);
            String key = parser.currentName();
            if (!keys.add(key)) {
                problems.add(keyAt, "the key '" + Words.shortened(key) + "' is there twice");
            }
            parser.nextToken();
            entries.add(new Node.Entry(key, keyAt, value(depth + 1)));
        }
        return new Node.Mapping(at, List.copyOf(entries));
    }

    private void refuseYamlMagic(Node.Position at) throws IOException {
        if (parser instanceof YAMLParser yaml) {
            if (yaml.isCurrentAlias() || yaml.getObjectId() != null) {
                throw new Refused(
                        at, "anchors (&) and aliases (*) are not supported: write the value out, or quote it");
            }
            if (yaml.getTypeId() != null) {
                throw new Refused(at, "tags (!) are not supported: quote the value if it is meant as text");
            }
        }
    }

    private String scalarText(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NULL ? "" : parser.getText();
    }

    private static Node.Type type(JsonToken token) {
        if (token == JsonToken.VALUE_NULL) {
            return Node.Type.NULL;
        }
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return Node.Type.BOOLEAN;
        }
        return token.isNumeric() ? Node.Type.NUMBER : Node.Type.TEXT;
    }

    private Node.Position here() {
        return position(parser.currentTokenLocation());
    }

    private static Node.Position position(@Nullable JsonLocation location) {
        return location == null
                ? new Node.Position(1, 1)
                : new Node.Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
    }

    private static String firstLine(@Nullable String message) {
        String text = message == null ? "syntax error" : message.strip();
        String line = text.lines()
                .limit(2)
                .map(String::strip)
                .reduce((a, b) -> a + ", " + b)
                .orElse("syntax error");
        return Words.shortened(line.replaceAll("in 'reader'.*", ""))
                .toLowerCase(Locale.ROOT)
                .strip();
    }

    /** Ends the reading at once; only ever caught in this class. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Node.Position at;

        Refused(Node.Position at, String message) {
            super(message);
            this.at = at;
        }
    }
}
