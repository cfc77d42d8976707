package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.unixfs.DirectoryEntry;
import dev.pinfold.content.unixfs.FileReader;
import dev.pinfold.content.unixfs.PathWalk;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.content.unixfs.UnixFsStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Answers for readers who take the content as it is: files, directories, native DAG-CBOR and DAG-JSON. Source: path gateway specification. */
final class FileAnswers {
    private static final String ALMOST_FOREVER = "public, max-age=604800, stale-while-revalidate=2678400";
    /** Pages of content share an origin with the broker's own; a sandbox keeps them apart from what that keeps. */
    private static final String SANDBOX =
            "sandbox allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads";

    private final Reading reading;
    private final PathWalk.End end;
    private final String roots;
    private final GatewayRequest request;
    private final UnixFsReader unixFs;

    FileAnswers(Reading reading, PathWalk.End end) {
        this.reading = reading;
        this.end = end;
        this.roots = end.cids().stream().map(Cid::toString).collect(Collectors.joining(","));
        this.request = reading.request();
        this.unixFs = reading.unixFs();
    }

    void answer() throws IOException {
        if (!end.rest().isEmpty()) {
            throw new BrokerException(
                    ErrorKind.NOT_IMPLEMENTED,
                    "reading IPLD Kinds other than Links (CBOR Tag 42) is not implemented: the path ends inside block "
                            + end.target());
        }
        long codec = end.target().codec();
        if (codec == Codec.RAW || codec == Codec.DAG_PB) {
            requireFormat(codec, Format.JSON, Format.CBOR);
            unixFs();
        } else if (codec == Codec.DAG_JSON) {
            document(requireFormat(codec, Format.DAG_JSON, Format.JSON), "json");
        } else if (codec == Codec.DAG_CBOR) {
            document(requireFormat(codec, Format.DAG_CBOR, Format.CBOR), "cbor");
        } else if (codec == Codec.JSON) {
            document(requireFormat(codec, Format.JSON), "json");
        } else if (codec == Codec.CBOR) {
            document(requireFormat(codec, Format.CBOR), "cbor");
        } else {
            throw Refusal.notAcceptable("content of codec " + Codec.name(codec)
                    + " has no form of its own here; ask for ?format=raw or ?format=car");
        }
    }

    /** The format to answer in: that which was asked for, if the codec has it without conversion (IPIP-0524). */
    private Format requireFormat(long codec, Format first, Format... others) {
        if (request.format() == Format.NATIVE) {
            return first;
        }
        if (request.format() == first || List.of(others).contains(request.format())) {
            return request.format();
        }
        throw Refusal.notAcceptable("the content is " + Codec.name(codec) + " and is not converted to "
                + request.format().word() + "; leave the format out, or ask for raw or car");
    }

    /** A document of one block. A browser shows JSON and saves CBOR. */
    private void document(Format format, String ending) throws IOException {
        String filename = request.filename();
        String kind = ending.equals("json") && !request.download() ? "inline" : "attachment";
        new TrustlessAnswers(reading, end)
                .block(
                        end.target(),
                        "\"" + end.target() + "." + format.word() + "\"",
                        format.type(),
                        Names.disposition(kind, filename == null ? end.target() + "." + ending : filename));
    }

    private void unixFs() throws IOException {
        Cid cid = end.target();
        UnixFsStat stat = unixFs.stat(cid);
        switch (stat.kind()) {
            case FILE -> file(stat, "\"" + cid + "\"", request.name());
            case SYMLINK -> symlink(stat);
            case DIRECTORY -> directory(cid);
        }
    }

    private void symlink(UnixFsStat stat) throws IOException {
        String etag = "\"" + stat.cid() + "\"";
        Map<String, String> headers = reading.headers(roots, etag);
        if (reading.notModified(headers, etag)) {
            return;
        }
        headers.put("Content-Type", "inode/symlink");
        page(headers, stat.target().getBytes(StandardCharsets.UTF_8));
    }

    private void directory(Cid cid) throws IOException {
        if (!request.slash()) {
            String query = request.query();
            Map<String, String> headers = reading.headers(roots, "\"" + cid + "\"");
            headers.put("Location", request.url() + "/" + (query == null || query.isEmpty() ? "" : "?" + query));
            reading.reply().finishWithoutBody(301, headers, 0);
            return;
        }
        Cid index = unixFs.find(cid, "index.html");
        if (index != null && (index.codec() == Codec.RAW || index.codec() == Codec.DAG_PB)) {
            UnixFsStat stat = unixFs.stat(index);
            if (stat.kind() == UnixFsStat.Kind.FILE) {
                file(stat, "\"" + cid + "\"", request.filename() == null ? "index.html" : request.name());
                return;
            }
        }
        listing(cid);
    }

    private void listing(Cid cid) throws IOException {
        String etag = "\"DirIndex-" + DirectoryPage.VERSION + "_CID-" + cid + "\"";
        Map<String, String> headers = reading.headers(roots, etag);
        headers.put("Cache-Control", reading.open() ? ALMOST_FOREVER : "private, no-cache");
        if (reading.notModified(headers, etag) || reading.notModified(headers, "\"" + cid + "\"")) {
            return;
        }
        List<DirectoryEntry> entries = new ArrayList<>();
        unixFs.list(cid, entry -> {
            if (entries.size() == reading.settings().maxEntries()) {
                throw ContentException.tooLarge("the directory has more than " + entries.size()
                        + " entries, the most that a page lists; ask for ?format=car&dag-scope=entity");
            }
            entries.add(entry);
        });
        entries.sort(Comparator.comparing(DirectoryEntry::name));
        headers.put("Content-Type", "text/html; charset=utf-8");
        headers.put("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
        page(headers, new DirectoryPage(request, cid, entries).html().getBytes(StandardCharsets.UTF_8));
    }

    private void page(Map<String, String> headers, byte[] bytes) throws IOException {
        if (request.head()) {
            reading.reply().finishWithoutBody(200, headers, bytes.length);
            return;
        }
        reading.reply().start(200, headers, bytes.length);
        reading.reply().write(bytes);
        reading.reply().finish();
    }

    private void file(UnixFsStat stat, String etag, String name) throws IOException {
        Map<String, String> headers = reading.headers(roots, etag);
        if (reading.notModified(headers, etag)) {
            return;
        }
        boolean ranged = !request.head() && Etag.allowsRange(request.headers().ifRange(), etag);
        Optional<ByteSpan> span = ByteSpan.of(ranged ? request.headers().range() : null, stat.size());
        String type = type(stat, name);
        headers.put("Content-Type", type);
        headers.put("Accept-Ranges", "bytes");
        if (type.startsWith("text/html") || type.contains("xml")) {
            headers.put("Content-Security-Policy", SANDBOX);
        }
        if (request.download() || request.filename() != null) {
            String shown = name.isEmpty() ? stat.cid().toString() : name;
            headers.put("Content-Disposition", Names.disposition(request.download() ? "attachment" : "inline", shown));
        }
        span.ifPresent(part -> headers.put("Content-Range", part.contentRange()));
        ByteSpan part = span.orElse(new ByteSpan(0, stat.size(), stat.size()));
        if (part.length() > reading.settings().maxBytes()) {
            throw ContentException.tooLarge("it has " + part.length() + " bytes; at most "
                    + reading.settings().maxBytes() + " are given at once, ask for a range");
        }
        if (request.head()) {
            reading.reply().finishWithoutBody(200, headers, stat.size());
        } else {
            send(stat.cid(), part, span.isPresent() ? 206 : 200, headers);
        }
    }

    private String type(UnixFsStat stat, String name) throws IOException {
        Optional<String> byName = ContentTypes.ofName(name);
        if (byName.isPresent()) {
            return byName.get();
        }
        try {
            int looked = (int) Math.min(ContentTypes.LOOKED_AT, stat.size());
            byte[] beginning = unixFs.open(stat.cid(), 0, looked).stream().readNBytes(looked);
            return ContentTypes.ofBytes(beginning, looked == stat.size());
        } catch (ContentException e) {
            if (e.kind() != ContentException.Kind.INCOMPLETE
                    || request.headers().range() == null) {
                throw e;
            }
            // The range may be there although the beginning is not.
            return "application/octet-stream";
        }
    }

    /** The head leaves with the first proven bytes, not before. */
    private void send(Cid file, ByteSpan part, int status, Map<String, String> headers) throws IOException {
        Reply reply = reading.reply();
        long at = part.from();
        while (at < part.to()) {
            if (reply.started()) {
                reply.awaitRoom();
            }
            FileReader reader = unixFs.open(file, at, part.to());
            boolean flows = true;
            while (flows) {
                ByteBuffer piece = reader.next();
                if (piece == null) {
                    break;
                }
                if (!reply.started()) {
                    reply.start(status, headers, part.length());
                }
                at += BlockOutlet.offer(reply, reading.hands(), piece);
                reply.flush();
                flows = !piece.hasRemaining();
            }
        }
        if (!reply.started()) {
            reply.start(status, headers, 0);
        }
        reply.finish();
    }
}
