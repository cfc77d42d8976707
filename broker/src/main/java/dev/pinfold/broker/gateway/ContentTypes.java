package dev.pinfold.broker.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which media type a file has: by its name, and if that says nothing, by its first bytes. */
final class ContentTypes {
    /** How many bytes the decision looks at. */
    static final int LOOKED_AT = 3072;

    private static final String OCTETS = "application/octet-stream";
    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<String, String> BY_ENDING = endings();

    private ContentTypes() {}

    private static Map<String, String> endings() {
        String table = """
                text/html; charset=utf-8: html htm
                text/css; charset=utf-8: css
                text/javascript; charset=utf-8: js mjs cjs
                text/plain; charset=utf-8: txt text log conf ini toml go rs py rb java kt c h cpp sh ts tsx jsx sql diff patch
                text/markdown; charset=utf-8: md markdown
                text/csv; charset=utf-8: csv
                text/xml; charset=utf-8: xml
                text/calendar; charset=utf-8: ics
                application/yaml: yaml yml
                application/json: json map geojson
                application/ld+json: jsonld
                application/manifest+json: webmanifest
                application/octet-stream: bin img iso dmg exe deb rpm dat
                application/wasm: wasm
                application/pdf: pdf
                application/zip: zip
                application/gzip: gz tgz
                application/zstd: zst
                application/x-bzip2: bz2
                application/x-xz: xz
                application/x-7z-compressed: 7z
                application/x-tar: tar
                application/epub+zip: epub
                application/rss+xml: rss
                application/atom+xml: atom
                application/vnd.ipld.car: car
                application/vnd.sqlite3: sqlite
                image/png: png
                image/jpeg: jpg jpeg
                image/gif: gif
                image/webp: webp
                image/avif: avif
                image/svg+xml: svg
                image/x-icon: ico
                image/bmp: bmp
                image/tiff: tif tiff
                audio/mpeg: mp3
                audio/ogg: ogg oga opus
                audio/wav: wav
                audio/flac: flac
                audio/aac: aac
                audio/mp4: m4a
                video/mp4: mp4 m4v
                video/webm: webm
                video/ogg: ogv
                video/quicktime: mov
                video/x-matroska: mkv
                video/mp2t: m2ts
                application/vnd.apple.mpegurl: m3u8
                font/woff: woff
                font/woff2: woff2
                font/ttf: ttf
                font/otf: otf
                """;
        Map<String, String> endings = new HashMap<>();
        for (String line : table.lines().toList()) {
            int colon = line.lastIndexOf(':');
            for (String ending : line.substring(colon + 1).strip().split(" ", -1)) {
                endings.put(ending, line.substring(0, colon).strip());
            }
        }
        return Map.copyOf(endings);
    }

    /** Empty when the name says nothing. */
    static Optional<String> ofName(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(BY_ENDING.get(name.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }

    /**
     * Looks at the beginning of a file.
     *
     * @param whole whether that is all of it
     */
    static String ofBytes(byte[] beginning, boolean whole) {
        Optional<String> magic = magic(beginning);
        if (magic.isPresent()) {
            return magic.get();
        }
        Optional<String> text = text(beginning, whole);
        return text.isEmpty() ? OCTETS : ofText(text.get(), whole);
    }

    private static Optional<String> magic(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1);
        String[][] signatures = {
            {"\u0089PNG\r\n\u001a\n", "image/png"},
            {"\u00ff\u00d8\u00ff", "image/jpeg"},
            {"GIF87a", "image/gif"},
            {"GIF89a", "image/gif"},
            {"BM\u0000", "image/bmp"},
            {"%PDF-", "application/pdf"},
            {"PK\u0003\u0004", "application/zip"},
            {"\u001f\u008b\u0008", "application/gzip"},
            {"7z\u00bc\u00af'\u001c", "application/x-7z-compressed"},
            {"(\u00b5/\u00fd", "application/zstd"},
            {"\u0000asm", "application/wasm"},
            {"OggS", "audio/ogg"},
            {"fLaC", "audio/flac"},
            {"ID3", "audio/mpeg"},
            {"\u00ff\u00fb", "audio/mpeg"},
            {"\u001aE\u00df\u00a3", "video/webm"},
            {"wOFF", "font/woff"},
            {"wOF2", "font/woff2"},
        };
        for (String[] signature : signatures) {
            if (start.startsWith(signature[0])) {
                return Optional.of(signature[1]);
            }
        }
        if (start.startsWith("RIFF") && start.length() >= 12) {
            return switch (start.substring(8, 12)) {
                case "WEBP" -> Optional.of("image/webp");
                case "WAVE" -> Optional.of("audio/wav");
                default -> Optional.empty();
            };
        }
        boolean boxes = start.length() >= 12 && start.startsWith("ftyp", 4);
        return boxes ? Optional.of(start.startsWith("avif", 8) ? "image/avif" : "video/mp4") : Optional.empty();
    }

    /** The beginning as text; empty when it is none. A character that is cut by the end is left out. */
    private static Optional<String> text(byte[] bytes, boolean whole) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        if (decoder.decode(ByteBuffer.wrap(bytes), out, whole).isError()) {
            return Optional.empty();
        }
        String text = out.flip().toString();
        boolean printable = text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f');
        return printable ? Optional.of(text) : Optional.empty();
    }

    private static String ofText(String text, boolean whole) {
        String start = text.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return "text/html; charset=utf-8";
        }
        if (start.startsWith("<svg") || (start.startsWith("<?xml") && start.contains("<svg"))) {
            return "image/svg+xml";
        }
        if (start.startsWith("<?xml")) {
            return "text/xml; charset=utf-8";
        }
        boolean maybeJson = start.startsWith("{") || start.startsWith("[");
        return maybeJson && isJson(text, whole) ? "application/json" : "text/plain; charset=utf-8";
    }

    private static boolean isJson(String text, boolean whole) {
        try (JsonParser in = JSON.createParser(text)) {
            while (in.nextToken() != null) {
                in.skipChildren();
            }
            return true;
        } catch (JsonEOFException e) {
            return !whole;
        } catch (IOException e) {
            return false;
        }
    }
}
