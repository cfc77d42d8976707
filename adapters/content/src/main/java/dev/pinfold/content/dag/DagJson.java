package dev.pinfold.content.dag;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the links of a DAG-JSON block: objects whose only member is {@code "/"} with the text of a CID.
 *
 * <p>The key {@code "/"} is reserved: with anything but a CID, or {@code {"bytes":…}}, or beside other keys, the block is
 * refused. Iterative, at most {@value #MAX_DEPTH} levels deep. Source: ipld/specs, DAG-JSON.
 */
public final class DagJson {
    /** The deepest nesting of arrays and objects that is accepted. */
    public static final int MAX_DEPTH = 1024;

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private final String text;
    private final Consumer<Cid> links;
    private final Deque<Level> open = new ArrayDeque<>();
    private int at;

    private DagJson(String text, Consumer<Cid> links) {
        this.text = text;
        this.links = links;
    }

    /**
     * Gives every link in {@code bytes} to {@code links}, in the order of the text, repetitions included.
     *
     * @throws ContentException MALFORMED, or TOO_LARGE when nested deeper than {@value #MAX_DEPTH}
     */
    public static void links(byte[] bytes, Consumer<Cid> links) {
        new DagJson(text(bytes), links).read();
    }

    /** Follows path segments; see {@link DagPath#follow}. */
    static DagPath.Step follow(byte[] bytes, List<String> segments) {
        DagJson in = new DagJson(text(bytes), link -> {});
        int at = 0;
        while (true) {
            in.blanks();
            char next = in.peek();
            if (next == '{') {
                Cid link = in.link();
                if (link != null) {
                    return new DagPath.Step.Link(link, at);
                }
            }
            if (at == segments.size()) {
                return new DagPath.Step.Value();
            }
            boolean found = next == '{' ? in.seekKey(segments.get(at)) : next == '[' && in.seekIndex(segments.get(at));
            if (!found) {
                return new DagPath.Step.Missing(at);
            }
            at++;
        }
    }

    /** The link that the object at this place is; null, and nothing moved, when it is none. */
    private @Nullable Cid link() {
        int start = at;
        at++;
        blanks();
        if (peek() == '"' && string().equals("/")) {
            blanks();
            expect(':');
            blanks();
            if (peek() == '"') {
                return Cid.parse(string());
            }
        }
        at = start;
        return null;
    }

    private boolean seekKey(String wanted) {
        expect('{');
        blanks();
        while (peek() != '}') {
            String key = string();
            blanks();
            expect(':');
            if (key.equals(wanted)) {
                return true;
            }
            skip();
            comma('}');
        }
        return false;
    }

    private boolean seekIndex(String wanted) {
        expect('[');
        blanks();
        int left = DagPath.index(wanted);
        while (left >= 0 && peek() != ']') {
            if (left == 0) {
                return true;
            }
            skip();
            comma(']');
            left--;
        }
        return false;
    }

    private void comma(char close) {
        blanks();
        if (peek() != close) {
            expect(',');
            blanks();
        }
    }

    /** Passes over one value, whatever is in it. */
    private void skip() {
        int depth = 0;
        do {
            blanks();
            char next = peek();
            if (next == '"') {
                String unused = string();
            } else if (next == '{' || next == '[') {
                at++;
                depth++;
            } else if (next == '}' || next == ']') {
                at++;
                depth--;
            } else if (next == ',' || next == ':') {
                at++;
            } else {
                scalar();
            }
        } while (depth > 0);
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw ContentException.malformed("DAG-JSON: the block is not UTF-8");
        }
    }

    private void read() {
        value(null);
        while (!open.isEmpty()) {
            Level level = open.element();
            blanks();
            if (peek() == level.close && !level.afterComma) {
                at++;
                open.remove();
                closed(level);
                continue;
            }
            if (level.members > 0 && !level.afterComma) {
                expect(',');
                level.afterComma = true;
                continue;
            }
            level.afterComma = false;
            level.members++;
            member(level);
        }
        blanks();
        if (at != text.length()) {
            throw malformed("there is text after the value");
        }
    }

    private void member(Level level) {
        if (level.close == ']') {
            value(level);
            return;
        }
        blanks();
        String key = string();
        level.key = key;
        level.reserved |= key.equals("/");
        blanks();
        expect(':');
        value(level);
    }

    /** Checks, once an object is complete, that the reserved key stood alone and held what it may hold. */
    private void closed(Level level) {
        if (level.insideSlash != null) {
            level.insideSlash.reservedUsed = level.bytesSeen && level.members == 1;
        }
        if (!level.reserved) {
            return;
        }
        if (level.members != 1 || !level.reservedUsed) {
            throw malformed("the key \"/\" is reserved for {\"/\":\"<CID>\"} and {\"/\":{\"bytes\":\"…\"}}");
        }
    }

    private void value(@Nullable Level parent) {
        blanks();
        Level slash = parent != null && parent.close == '}' && "/".equals(parent.key) ? parent : null;
        char next = peek();
        if (next == '{' || next == '[') {
            at++;
            if (open.size() >= MAX_DEPTH) {
                throw ContentException.tooLarge(
                        "DAG-JSON, character " + at + ": nested deeper than " + MAX_DEPTH + " levels");
            }
            Level level = new Level(next == '{' ? '}' : ']');
            level.insideSlash = next == '{' ? slash : null;
            open.push(level);
        } else if (next == '"') {
            String string = string();
            if (slash != null) {
                links.accept(Cid.parse(string));
                slash.reservedUsed = true;
            } else if (parent != null && parent.insideSlash != null && "bytes".equals(parent.key)) {
                parent.bytesSeen = true;
            }
        } else {
            scalar();
        }
    }

    private void scalar() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789truefalsn".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String word = text.substring(start, at);
        boolean known = word.equals("true") || word.equals("false") || word.equals("null");
        if (!known && !NUMBER.matcher(word).matches()) {
            at = start;
            throw malformed("a value was expected");
        }
    }

    private String string() {
        expect('"');
        int start = at;
        StringBuilder out = null;
        while (true) {
            char next = take();
            if (next == '"') {
                String tail = text.substring(start, at - 1);
                return out == null ? tail : out.append(tail).toString();
            }
            if (next < ' ') {
                throw malformed("a control character stands in a string");
            }
            if (next == '\\') {
                out = out == null ? new StringBuilder() : out;
                out.append(text, start, at - 1).append(escaped());
                start = at;
            }
        }
    }

    private char escaped() {
        char next = take();
        return switch (next) {
            case '"', '\\', '/' -> next;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(take(), 16);
                    if (digit < 0) {
                        throw malformed("a \\u escape needs four hexadecimal digits");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> throw malformed("unknown escape \\" + next);
        };
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw malformed("the text ends inside a value");
        }
        return text.charAt(at);
    }

    private char take() {
        char next = peek();
        at++;
        return next;
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw malformed("'" + wanted + "' was expected");
        }
        at++;
    }

    private ContentException malformed(String why) {
        return ContentException.malformed("DAG-JSON, character " + at + ": " + why);
    }

    private static final class Level {
        private final char close;
        private int members;
        private boolean afterComma;
        private @Nullable String key;
        /** The key "/" was met, and its value was one of the two that are allowed. */
        private boolean reserved;

        private boolean reservedUsed;
        /** The object whose key "/" has this object as its value. */
        private @Nullable Level insideSlash;
        /** Such an object has "bytes" with a text. */
        private boolean bytesSeen;

        Level(char close) {
            this.close = close;
        }
    }
}
