package dev.pinfold.filecoin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.HttpCall;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.DealOrder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Hands a payload to a legacy node. Through a folder that both see the node imports the CAR as it is, under its own root.
 * Without one the CAR goes through the REST interface, which makes a UnixFS file of it under a root of its own: what is
 * retrieved later is that file, the CAR byte for byte.
 */
final class LegacyImports {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusNode node;

    LegacyImports(FilecoinSettings settings, SafeWords words, LotusNode node) {
        this.settings = settings;
        this.words = words;
        this.node = node;
    }

    /** Whether the node imports CARs as they are. */
    boolean keepsRoots() {
        return settings.sharedDirectory() != null;
    }

    /** Makes the node hold the payload and returns the root under which it does. Repeating it does no harm. */
    Cid bring(DealOrder order, CarSource car, Deadline deadline) {
        Path folder = settings.sharedDirectory();
        return folder == null ? upload(car, deadline) : shared(folder, order, car, deadline);
    }

    boolean has(Cid root, Deadline deadline) {
        return node.rpc()
                .get("ClientHasLocal", deadline, LotusNode.link(root.toString()))
                .asBoolean(false);
    }

    private Cid shared(Path folder, DealOrder order, CarSource car, Deadline deadline) {
        String name = fileName(order);
        write(folder, name, car);
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("Path", settings.nodeDirectory() + "/" + name);
        file.put("IsCAR", true);
        String root = node.cid(node.rpc().get("ClientImport", deadline, file).path("Root"), "ClientImport");
        if (!Cid.parse(root).canonical().equals(order.piece().payloadRoot().canonical())) {
            throw new ProviderException(new Failure.ProtocolViolation(
                    words.say("imported the CAR under another root than its own: " + root, "")));
        }
        return order.piece().payloadRoot();
    }

    static String fileName(DealOrder order) {
        return order.piece().pieceCid() + ".car";
    }

    private void write(Path folder, String name, CarSource car) {
        Path target = folder.resolve(name);
        try {
            if (Files.exists(target) && Files.size(target) == car.sizeBytes()) {
                return;
            }
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "car-", ".part");
            try {
                try (InputStream in = car.open()) {
                    Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                }
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new ProviderException(
                    new Failure.Unavailable(words.say(
                            "could not be given the CAR: its shared directory cannot be written",
                            e.getClass().getSimpleName())),
                    e);
        }
    }

    private Cid upload(CarSource car, Deadline deadline) {
        HttpCall call = new HttpCall(
                "PUT",
                node.rpc().uri("/rest/v0/import"),
                node.rpc().headers("application/vnd.ipld.car"),
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(car)), car.sizeBytes()),
                1 << 20);
        try {
            HttpAnswer answer = node.rpc().rest(call, deadline);
            if (answer.status() == 401) {
                throw new ProviderException(new Failure.Unauthorized(words.say(
                        "does not let this token import: make one with 'lotus auth create-token --perm admin'", "")));
            }
            JsonNode document = answer.success() ? parse(answer) : null;
            if (document == null) {
                throw new ProviderException(new Failure.Unavailable(
                        words.say("did not import the CAR, HTTP " + answer.status(), answer.text())));
            }
            return Cid.parse(node.cid(document.path("Cid"), "import"));
        } catch (WireException e) {
            throw node.rpc().unreachable("import", e);
        }
    }

    private static InputStream open(CarSource car) {
        try {
            return car.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable JsonNode parse(HttpAnswer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
    }

    /** Removes what was imported under a root, and the file it lies in. */
    void remove(DealOrder order, Cid root, Deadline deadline) {
        for (JsonNode each : node.rpc().get("ClientListImports", deadline)) {
            if (each.path("Root").path("/").asText("").equals(root.toString())) {
                node.rpc().get("ClientRemoveImport", deadline, each.path("Key").asLong());
            }
        }
        Path folder = settings.sharedDirectory();
        if (folder != null) {
            try {
                Files.deleteIfExists(folder.resolve(fileName(order)));
            } catch (IOException e) {
                throw new ProviderException(
                        new Failure.Unavailable(words.say(
                                "keeps a CAR that cannot be deleted from the shared directory",
                                e.getClass().getSimpleName())),
                        e);
            }
        }
    }
}
