package dev.pinfold.broker.config;

import dev.pinfold.broker.config.YamlNode.Entry;
import dev.pinfold.broker.config.YamlNode.Mark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one small YAML file into {@link YamlNode}s. Hostile files end early: size, depth, number of nodes and length of
 * a text are bounded, and anchors, aliases and tags are refused, so nothing in the file can multiply.
 */
final class YamlFile {
    static final int MAX_BYTES = 1 << 20;
    static final int MAX_DEPTH = 24;
    static final int MAX_NODES = 50_000;
    static final int MAX_TEXT = 64 << 10;

    private final String file;
    private final List<Problem> problems;
    private final Parser parser;
    private int nodes;

    private YamlFile(String file, String text, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_BYTES);
        options.setProcessComments(false);
        this.parser = new ParserImpl(new StreamReader(text), options);
    }

    /**
     * Reads a file.
     *
     * @param problems gets what can be reported without giving up, such as duplicate keys
     * @throws ConfigException the file cannot be read as YAML at all
     */
    static YamlNode read(Path path, String name, List<Problem> problems) {
        return parse(name, text(path, name), problems);
    }

    static YamlNode parse(String name, String text, List<Problem> problems) {
        try {
            return new YamlFile(name, text, problems).document();
        } catch (MarkedYAMLException e) {
            throw stop(problems, syntax(name, e));
        } catch (YAMLException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw stop(problems, new Problem(name, 1, 1, "this is not readable YAML: " + why));
        }
    }

    private static String text(Path path, String name) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw stop(List.of(), new Problem(name, 1, 1, "the file is larger than 1 MiB; is it the right file?"));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw stop(List.of(), new Problem(name, 1, 1, "the file is not UTF-8 text; is it the right file?"));
        } catch (NoSuchFileException e) {
            throw stop(List.of(), new Problem(name, 1, 1, "there is no such file; check the path"));
        } catch (IOException e) {
            String why = Files.isDirectory(path) ? "it is a folder" : String.valueOf(e.getMessage());
            throw stop(List.of(), new Problem(name, 1, 1, "the file cannot be read: " + why));
        }
    }

    private static Problem syntax(String name, MarkedYAMLException e) {
        org.yaml.snakeyaml.error.Mark at = e.getProblemMark();
        String what = e.getProblem() == null ? "unreadable" : e.getProblem();
        String hint = what.contains("TAB") ? "; indent with spaces" : "";
        String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
        int line = at == null ? 1 : at.getLine() + 1;
        int column = at == null ? 1 : at.getColumn() + 1;
        return new Problem(name, line, column, "this is not valid YAML: " + what + context + hint);
    }

    private static ConfigException stop(List<Problem> before, Problem last) {
        List<Problem> all = new ArrayList<>(before);
        all.add(last);
        return new ConfigException(all);
    }

    private YamlNode document() {
        parser.getEvent(); // stream start
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return new YamlNode.Mapping(List.of(), Mark.START);
        }
        parser.getEvent(); // document start
        YamlNode root = node(0);
        parser.getEvent(); // document end
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            Mark at = mark(parser.peekEvent());
            report(at, "a second YAML document begins here ('---'); one file holds one document");
        }
        return root;
    }

    private YamlNode node(int depth) {
        Event event = parser.getEvent();
        Mark at = mark(event);
        if (++nodes > MAX_NODES) {
            throw giveUp(at, "the file holds more than " + MAX_NODES + " values; is it the right file?");
        }
        if (depth > MAX_DEPTH) {
            throw giveUp(at, "values are nested more than " + MAX_DEPTH + " deep");
        }
        refuseReferences(event, at);
        return switch (event.getEventId()) {
            case MappingStart -> mapping(at, depth);
            case SequenceStart -> sequence(at, depth);
            case Scalar -> scalar((ScalarEvent) event, at);
            case Alias -> new YamlNode.Scalar("", true, at);
            default -> throw giveUp(at, "unexpected " + event.getEventId());
        };
    }

    private void refuseReferences(Event event, Mark at) {
        if (event instanceof AliasEvent alias) {
            report(at, "'*" + alias.getAnchor() + "' refers to an anchor; write the value out here");
        } else if (event instanceof NodeEvent node && node.getAnchor() != null) {
            report(at, "anchors ('&" + node.getAnchor() + "') are not supported; remove it");
        }
        if (event instanceof ScalarEvent scalar && scalar.getTag() != null) {
            report(at, "tags ('" + Nearest.shorten(scalar.getTag()) + "') are not supported; remove it");
        }
    }

    private YamlNode scalar(ScalarEvent event, Mark at) {
        String text = event.getValue();
        if (text.length() > MAX_TEXT) {
            throw giveUp(at, "this text is longer than 64 KiB");
        }
        boolean empty = event.isPlain() && (text.isEmpty() || text.equals("~") || text.equals("null"));
        return new YamlNode.Scalar(text, empty, at);
    }

    private YamlNode sequence(Mark at, int depth) {
        List<YamlNode> items = new ArrayList<>();
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(depth + 1));
        }
        parser.getEvent();
        return new YamlNode.Sequence(items, at);
    }

    private YamlNode mapping(Mark at, int depth) {
        List<Entry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            YamlNode key = node(depth + 1);
            YamlNode value = node(depth + 1);
            if (!(key instanceof YamlNode.Scalar(String name, boolean empty, Mark keyMark)) || empty) {
                report(key.mark(), "a key must be a word, this is " + key.kind());
            } else if (!seen.add(name)) {
                report(keyMark, "'" + Nearest.shorten(name) + "' stands here a second time; keep one of the two");
            } else {
                entries.add(new Entry(name, keyMark, value));
            }
        }
        parser.getEvent();
        return new YamlNode.Mapping(entries, at);
    }

    private void report(Mark at, String message) {
        problems.add(new Problem(file, at.line(), at.column(), message));
    }

    private ConfigException giveUp(Mark at, String message) {
        return stop(problems, new Problem(file, at.line(), at.column(), message));
    }

    private static Mark mark(Event event) {
        org.yaml.snakeyaml.error.Mark at = event.getStartMark();
        return at == null ? Mark.START : new Mark(at.getLine() + 1, at.getColumn() + 1);
    }
}
