package dev.pinfold.broker.gateway;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is not served: a file of rules, one a line, read again when it changes. {@code /ipfs/CID} denies a block wherever it
 * is met, {@code /ipfs/CID/path} a path, {@code /ipfs/CID/path*} all paths that begin so. {@code gateway_status=451} after
 * a rule answers 451 instead of 410. Rules in the form {@code //HASH} (double hashes), comments and a header that ends in
 * {@code ---} are those of the compact denylist format (IPIP-383).
 */
final class Denylist {
    private static final Logger log = LoggerFactory.getLogger(Denylist.class);
    private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

    private record Rules(
            Map<Multihash, ErrorKind> blocks,
            Map<String, ErrorKind> paths,
            Map<String, ErrorKind> prefixes,
            Map<String, ErrorKind> hashes,
            @Nullable FileTime since,
            long size) {
        int count() {
            return blocks.size() + paths.size() + prefixes.size() + hashes.size();
        }
    }

    private final @Nullable Path file;
    private volatile Rules rules;
    private volatile long lookedAt = System.nanoTime();

    private Denylist(@Nullable Path file, Rules rules) {
        this.file = file;
        this.rules = rules;
    }

    /**
     * Reads the file.
     *
     * @param file null denies nothing
     * @throws IllegalStateException when it cannot be read; the message says the line
     */
    static Denylist open(@Nullable Path file) {
        try {
            return new Denylist(
                    file, file == null ? new Rules(Map.of(), Map.of(), Map.of(), Map.of(), null, 0) : read(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("the denylist " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static Rules read(Path file) throws IOException {
        FileTime since = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        Rules read = new Rules(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>(), since, bytes.length);
        String text = new String(bytes, StandardCharsets.UTF_8);
        int header = text.indexOf("\n---");
        boolean headed = header >= 0 && text.startsWith("version:");
        int number = 0;
        int at = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            boolean inHeader = headed && at <= header + 1;
            at += line.length() + 1;
            String rule = line.strip();
            if (!inHeader && !rule.isEmpty() && !rule.startsWith("#")) {
                add(read, rule, number);
            }
        }
        return read;
    }

    private static void add(Rules to, String line, int number) {
        String[] fields = line.split("\\s+", -1);
        ErrorKind kind = line.contains("gateway_status=451") || line.contains("status=451")
                ? ErrorKind.UNAVAILABLE_FOR_LEGAL_REASONS
                : ErrorKind.GONE;
        String rule = fields[0];
        if (rule.startsWith("//")) {
            to.hashes.put(rule.substring(2).toLowerCase(Locale.ROOT), kind);
            return;
        }
        if (!rule.startsWith("/ipfs/")) {
            throw new IllegalArgumentException(
                    "line " + number + " begins with none of /ipfs/ and //; write /ipfs/CID or /ipfs/CID/path");
        }
        String[] parts = rule.substring("/ipfs/".length()).split("/", 2);
        try {
            Cid cid = Cid.parse(parts[0].replaceFirst("\\*$", ""));
            if (parts.length == 1 || parts[1].isEmpty() || parts[1].equals("*")) {
                to.blocks.put(cid.multihash(), kind);
            } else if (parts[1].endsWith("*")) {
                to.prefixes.put(cid.canonical() + "/" + parts[1].substring(0, parts[1].length() - 1), kind);
            } else {
                to.paths.put(cid.canonical() + "/" + parts[1].replaceFirst("/$", ""), kind);
            }
        } catch (ContentException e) {
            throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
        }
    }

    private Rules current() {
        long now = System.nanoTime();
        if (file != null && now - lookedAt >= LOOK_EVERY_NANOS) {
            lookedAt = now;
            reread(file);
        }
        return rules;
    }

    /** A list that cannot be read leaves the last good one in force. */
    private synchronized void reread(Path from) {
        try {
            boolean same = Files.getLastModifiedTime(from).equals(rules.since()) && Files.size(from) == rules.size();
            if (!same) {
                rules = read(from);
                log.info("event=denylist.read file={} rules={}", from, rules.count());
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("event=denylist.unreadable file={} action=last-one-kept detail=\"{}\"", from, e.getMessage());
        }
    }

    /** Throws unless this path may be served. */
    void check(Cid root, String path) {
        Rules now = current();
        refuse(now.blocks.get(root.multihash()));
        String whole = root.canonical() + "/" + path;
        refuse(now.paths.get(whole));
        now.prefixes.forEach((prefix, kind) -> {
            if (whole.startsWith(prefix)) {
                refuse(kind);
            }
        });
        if (!now.hashes.isEmpty()) {
            byte[] hash =
                    Multihash.sha256(whole.getBytes(StandardCharsets.UTF_8)).digest();
            refuse(now.hashes.get(HexFormat.of().formatHex(hash)));
        }
    }

    /** The same blocks, without those that are denied: asking for one of them throws. */
    BlockSource guard(BlockSource source) {
        Rules now = current();
        return now.blocks.isEmpty() ? source : new Guarded(source, now);
    }

    private record Guarded(BlockSource source, Rules rules) implements BlockSource {
        @Override
        public byte @Nullable [] find(Cid cid) throws IOException {
            refuse(rules.blocks.get(cid.multihash()));
            return source.find(cid);
        }

        @Override
        public Block block(Cid cid, Verifier verifier) throws IOException {
            refuse(rules.blocks.get(cid.multihash()));
            return source.block(cid, verifier);
        }
    }

    private static void refuse(@Nullable ErrorKind kind) {
        if (kind != null) {
            throw new BrokerException(
                    kind,
                    kind == ErrorKind.GONE
                            ? "this content is not served here: the operator denied it"
                            : "this content is not served here for legal reasons");
        }
    }
}
