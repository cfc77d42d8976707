package dev.pinfold.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pinfold.content.ContentException.Kind;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagFrontier;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.unixfs.Added;
import dev.pinfold.content.unixfs.DirectoryEntry;
import dev.pinfold.content.unixfs.DirectoryWriter;
import dev.pinfold.content.unixfs.UnixFsOptions;
import dev.pinfold.content.unixfs.UnixFsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Archives made by others, good and hostile, with what must become of each. */
class FixturesTest {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\d+))");

    @Test
    void every_file_of_every_valid_archive_has_its_published_hash() throws Exception {
        int files = 0;
        for (String entry : entries("fixtures/valid.json")) {
            MemoryBlocks blocks = new MemoryBlocks();
            String archive = field(entry, "file");
            read(Shared.require("fixtures/" + archive), blocks);
            String root = field(entry, "root");
            if (root == null) {
                continue;
            }
            UnixFsReader reader = new UnixFsReader(blocks);
            // "pathFile" is a path through dag-cbor, which is not UnixFS.
            Matcher matcher = Pattern.compile("\\{\\s*\"path\"[^}]*\\}")
                    .matcher(entry.substring(Math.max(0, entry.indexOf("\"files\""))));
            while (matcher.find()) {
                String file = matcher.group();
                if (!entry.contains("\"files\"")) {
                    continue;
                }
                List<Cid> met = reader.resolve(Cid.parse(root), text(field(file, "path")));
                String cid = field(file, "cid");
                if (cid != null) {
                    assertThat(met.getLast().canonical())
                            .as(archive)
                            .isEqualTo(Cid.parse(cid).canonical());
                }
                if (field(file, "sha256") != null) {
                    assertThat(sha256(reader, met.getLast())).as(archive).isEqualTo(field(file, "sha256"));
                    files++;
                }
            }
        }
        System.out.println(files + " file hashes agree");
        assertThat(files).isGreaterThan(600);
    }

    @Test
    void every_valid_archive_is_complete_under_its_roots() throws Exception {
        for (String entry : entries("fixtures/valid.json")) {
            MemoryBlocks blocks = new MemoryBlocks();
            CarReader car = read(Shared.require("fixtures/" + field(entry, "file")), blocks);
            if (text(field(entry, "name")).equals("dag-json-to-cbor")) {
                // Two blocks on purpose: what they link to is in another archive.
                continue;
            }
            assertThat(new DagWalk(blocks, DagLimits.DEFAULT)
                            .missing(car.header().roots(), blocks::has, 1))
                    .as(entry)
                    .isEmpty();
        }
    }

    @Test
    void valid_archives_in_depth_first_order_pass_the_frontier() throws Exception {
        int passed = 0;
        for (String entry : entries("fixtures/valid.json")) {
            if (!"dfs".equals(field(entry, "order"))) {
                continue;
            }
            try (InputStream in = Shared.open(Shared.require("fixtures/" + field(entry, "file")))) {
                CarReader car = new CarReader(in);
                boolean duplicates = "y".equals(field(entry, "dups"));
                DagFrontier frontier = new DagFrontier(car.header().roots(), DagLimits.DEFAULT, duplicates);
                for (Block block = car.next(); block != null; block = car.next()) {
                    assertThat(frontier.accept(block)).as(entry).isNotEqualTo(DagFrontier.Verdict.EXTRA);
                }
                frontier.requireComplete();
                passed++;
            }
        }
        assertThat(passed).isGreaterThanOrEqualTo(9);
    }

    @Test
    void the_archives_of_the_gateway_conformance_suite_are_read_and_only_the_broken_one_is_incomplete()
            throws Exception {
        Path folder = Shared.require("fixtures/conformance");
        List<String> incomplete = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(path -> path.toString().endsWith(".car"))
                    .sorted()
                    .toList()) {
                MemoryBlocks blocks = new MemoryBlocks();
                CarReader car = read(path, blocks);
                if (!new DagWalk(blocks, DagLimits.DEFAULT)
                        .missing(car.header().roots(), blocks::has, 1)
                        .isEmpty()) {
                    incomplete.add(path.getFileName().toString());
                }
            }
        }
        assertThat(incomplete).containsExactly("file-3k-and-3-blocks-missing-block.car");
    }

    @Test
    void sharded_directories_of_others_are_written_again_as_the_same_cid() throws Exception {
        for (String name : List.of(
                "fixtures/conformance/trustless_gateway_car/single-layer-hamt-with-multi-block-files.car",
                "fixtures/valid/dir-hamt-600.car")) {
            MemoryBlocks blocks = new MemoryBlocks();
            CarReader car = read(Shared.require(name), blocks);
            Cid root = car.header().roots().getFirst();
            DirectoryWriter writer = new DirectoryWriter(blocks, new UnixFsOptions(1024, 174, 0, 256));
            List<DirectoryEntry> entries = new UnixFsReader(blocks).list(root);
            for (DirectoryEntry entry : entries) {
                writer.add(entry.name(), new Added(entry.cid(), 0, entry.dagSize()));
            }
            assertThat(writer.finish().cid()).as(name).isEqualTo(root);
        }
    }

    @Test
    void every_hostile_archive_ends_as_it_must() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<String> entries = entries("fixtures/hostile.json");
        for (String entry : entries) {
            String verdict = judge(entry);
            if (verdict != null) {
                wrong.add(field(entry, "name") + ": " + verdict);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(entries).hasSizeGreaterThanOrEqualTo(20);
    }

    /** What was wrong about the end of a hostile archive; null when it was right. */
    private static @Nullable String judge(String entry) throws Exception {
        MemoryBlocks blocks = new MemoryBlocks();
        Path path = Shared.require("fixtures/" + field(entry, "file"));
        Cid[] root = new Cid[1];
        Throwable failure = catchThrowable(() -> {
            if (!text(field(entry, "expect")).equals("reject-weak-hash")) {
                root[0] = Cid.parse(text(field(entry, "root")));
            }
            CarReader car = read(path, blocks);
            Cid top = root[0] == null ? car.header().roots().getFirst() : root[0];
            List<Cid> missing = new DagWalk(blocks, DagLimits.DEFAULT).missing(List.of(top), blocks::has, 1);
            if (!missing.isEmpty()) {
                throw ContentException.incomplete("missing " + missing);
            }
            useAll(new UnixFsReader(blocks), top);
        });
        String good = field(entry, "goodBlocks");
        if (good != null && blocks.count() < Integer.parseInt(good)) {
            return "only " + blocks.count() + " good blocks were kept";
        }
        Set<Kind> allowed = allowed(text(field(entry, "expect")));
        Kind kind = failure instanceof ContentException refused ? refused.kind() : null;
        System.out.println(field(entry, "name") + " -> " + failure);
        boolean right =
                failure == null ? allowed.isEmpty() || allowed.contains(Kind.WRONG_TYPE) : allowed.contains(kind);
        return right ? null : "expected one of " + allowed + ", got " + failure;
    }

    /** Reads the whole as file or lists it as directory, to the end. */
    private static void useAll(UnixFsReader reader, Cid root) throws IOException {
        switch (reader.stat(root).kind()) {
            case FILE -> reader.open(root).copyTo(java.io.OutputStream.nullOutputStream());
            case DIRECTORY -> reader.list(root);
            case SYMLINK -> {
                // Nothing to follow.
            }
        }
    }

    /** The kinds of failure that are right for an expectation; WRONG_TYPE stands for "or none at all". */
    private static Set<Kind> allowed(String expect) {
        return switch (expect) {
            case "reject-block" -> Set.of(Kind.HASH_MISMATCH);
            case "incomplete" -> Set.of(Kind.INCOMPLETE);
            case "accept-only-if-order-unk", "accept-match-by-multihash" -> Set.of();
            case "reject-parse" -> Set.of(Kind.MALFORMED);
            case "reject-too-large-before-alloc" -> Set.of(Kind.TOO_LARGE, Kind.MALFORMED);
            case "limit-depth-or-stream-iteratively" -> Set.of(Kind.TOO_LARGE, Kind.WRONG_TYPE);
            case "limit-entries" -> Set.of(Kind.TOO_LARGE, Kind.MALFORMED);
            case "error-after-10-bytes", "reject-node", "never-escape" -> Set.of(Kind.MALFORMED);
            case "first-wins-or-error-deterministic" -> Set.of(Kind.MALFORMED, Kind.WRONG_TYPE);
            case "reject-weak-hash", "reject-unsupported-hash" -> Set.of(Kind.UNSUPPORTED);
            case "reject-depth" -> Set.of(Kind.TOO_LARGE);
            default -> throw new AssertionError("An expectation this test does not know: " + expect);
        };
    }

    private static CarReader read(Path path, BlockSink sink) throws IOException {
        try (InputStream in = Shared.open(path)) {
            CarReader car = new CarReader(in);
            for (Block block = car.next(); block != null; block = car.next()) {
                sink.accept(block);
            }
            return car;
        }
    }

    private static String sha256(UnixFsReader reader, Cid file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        reader.open(file).copyTo(new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The objects of the manifest: each begins with its name. */
    private static List<String> entries(String manifest) throws IOException {
        String json = Files.readString(Shared.require(manifest), StandardCharsets.UTF_8);
        List<String> entries = new ArrayList<>(List.of(json.split("\\{\\s*\"name\"")));
        entries.removeFirst();
        return entries.stream().map(entry -> "{\"name\"" + entry).toList();
    }

    private static @Nullable String field(String json, String name) {
        Matcher matcher = FIELD.matcher(json);
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return matcher.group(2) == null ? matcher.group(3) : unescaped(matcher.group(2));
            }
        }
        return null;
    }

    private static String unescaped(String text) {
        return Pattern.compile("\\\\u([0-9a-fA-F]{4})")
                .matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(match.group(1), 16))))
                .replace("\\\"", "\"")
                .replace("\\\\", "\\");
    }

    private static String text(@Nullable String field) {
        assertThat(field).isNotNull();
        return field == null ? "" : field;
    }
}
