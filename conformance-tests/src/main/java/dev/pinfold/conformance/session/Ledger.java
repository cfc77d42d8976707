package dev.pinfold.conformance.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Json;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pins are ours. Each CID is written to the state file before it is sent and each id as soon as it is known, so
 * that {@code conformance clean} can finish the job of a run that was killed. Only ids and CIDs of this record are ever
 * deleted or replaced. The file holds no token.
 */
public final class Ledger implements AutoCloseable {
    /** Whose token made the pin. */
    public enum Account {
        FIRST,
        SECOND
    }

    private final Path file;
    private final FileOutputStream out;
    private final Map<String, Account> ids = new LinkedHashMap<>();
    private final Map<String, Account> cids = new LinkedHashMap<>();
    private final Set<String> gone = new LinkedHashSet<>();
    private final String endpoint;
    private long pid = ProcessHandle.current().pid();

    private Ledger(Path file, FileOutputStream out, String endpoint) {
        this.file = file;
        this.out = out;
        this.endpoint = endpoint;
    }

    /** Starts the record of a new run. */
    public static Ledger start(Path directory, String run, String endpoint) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(run + ".jsonl");
            Ledger ledger = new Ledger(file, open(file), endpoint);
            ledger.write(Json.object()
                    .put("endpoint", endpoint)
                    .put("run", run)
                    .put("pid", ProcessHandle.current().pid()));
            return ledger;
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "cannot keep the record of own pins in " + directory + " (choose another place with --state DIR): "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** Reads the record of an earlier run back, to go on with it. */
    public static Ledger reopen(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            // A line cut off by a crash is the last one and says nothing that was sent.
            Json.parse(line.getBytes(StandardCharsets.UTF_8)).ifPresent(lines::add);
        }
        String endpoint =
                lines.isEmpty() ? "" : lines.getFirst().path("endpoint").asText();
        if (endpoint.isEmpty()) {
            throw new IOException(file + " is not the state file of a conformance run");
        }
        Ledger ledger = new Ledger(file, open(file), endpoint);
        ledger.pid = lines.getFirst().path("pid").asLong();
        for (JsonNode line : lines) {
            Account account = line.path("by").asText().equals("second") ? Account.SECOND : Account.FIRST;
            if (line.has("cid")) {
                ledger.cids.put(line.path("cid").asText(), account);
            }
            if (line.has("id")) {
                ledger.ids.put(line.path("id").asText(), account);
            }
            if (line.has("gone")) {
                ledger.gone.add(line.path("gone").asText());
            }
        }
        return ledger;
    }

    private static FileOutputStream open(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.exists(file)) {
            FileAttribute<?>[] ownerOnly = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            Files.createFile(file, ownerOnly);
        }
        // Not a channel: an interrupt (Ctrl-C) would close it in the middle of the clean-up.
        return new FileOutputStream(file.toFile(), true);
    }

    public Path file() {
        return file;
    }

    public String endpoint() {
        return endpoint;
    }

    /** Whether the process that keeps this record still runs, so that its pins are in use. */
    public boolean inUse() {
        return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).isPresent();
    }

    /** A pin of this CID is about to be asked for. Texts that are no CID cannot be pinned and are not kept. */
    public synchronized void intend(String cid, Account account) {
        if (Cids.parse(cid).isPresent() && cids.putIfAbsent(cid, account) == null) {
            write(Json.object().put("cid", cid).put("by", name(account)));
        }
    }

    public synchronized void made(String id, Account account) {
        if (ids.putIfAbsent(id, account) == null) {
            write(Json.object().put("id", id).put("by", name(account)));
        }
    }

    public synchronized void gone(String id) {
        if (ids.containsKey(id) && gone.add(id)) {
            write(Json.object().put("gone", id));
        }
    }

    public synchronized boolean owns(String id) {
        return ids.containsKey(id);
    }

    public synchronized Map<String, Account> remaining() {
        Map<String, Account> rest = new LinkedHashMap<>(ids);
        rest.keySet().removeAll(gone);
        return rest;
    }

    public synchronized Map<String, Account> cids() {
        return new LinkedHashMap<>(cids);
    }

    private static String name(Account account) {
        return account == Account.SECOND ? "second" : "first";
    }

    private void write(ObjectNode line) {
        try {
            out.write((Json.compact(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + file, failure);
        }
    }

    /** Forgets the file: everything is gone. */
    public void discard() throws IOException {
        out.close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
