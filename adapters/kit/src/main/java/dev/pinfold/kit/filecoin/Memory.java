package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Keeps a network in a file, so that one that is started in the same folder later goes on where this one was, however it
 * ended: what anybody was told is written down before. Kept are the chain at its head, messages on their way, and the
 * providers' deals, whose data lies in files beside; older tipsets are not, so nothing from before can be reorganised.
 * With the lock of the chain held.
 */
final class Memory {
    /** A head that only grows is not written every time: a later start skips the epochs that may have passed unwritten. */
    private static final long AHEAD = 60;

    private static final int FORMAT = 1;

    private final SimulatedChain chain;
    private final List<SimulatedProvider> providers;
    private final Path file;
    private String written = "";
    private long upTo = Long.MIN_VALUE;

    Memory(SimulatedChain chain, List<SimulatedProvider> providers, Path folder) {
        this.chain = chain;
        this.providers = providers;
        this.file = folder.resolve("network.json");
    }

    /** Writes what has changed, if anything has. */
    void keep() {
        JsonObject all = chain.memory().put("providers", deals());
        String text = all.encode();
        long head = chain.head();
        if (text.equals(written) && head <= upTo) {
            return;
        }
        upTo = head + AHEAD;
        replace(new JsonObject()
                .put("what", Words.SIMULATED)
                .put("format", FORMAT)
                .put("head", upTo)
                .put("network", all)
                .encode());
        written = text;
    }

    private JsonObject deals() {
        JsonObject out = new JsonObject();
        for (SimulatedProvider provider : providers) {
            JsonArray deals = new JsonArray();
            provider.desk().all().forEach(deal -> deals.add(DealJson.write(deal)));
            out.put(provider.address().toString(), deals);
        }
        return out;
    }

    private void replace(String text) {
        Path fresh = file.resolveSibling("network.json.new");
        try {
            try (FileChannel out = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the SIMULATED network cannot be kept in " + file, e);
        }
    }

    /** Takes up what the file says, where there is one. */
    void recall(HttpClient http) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        JsonObject json = new JsonObject(Files.readString(file));
        if (json.getInteger("format", 0) != FORMAT) {
            throw new IOException(file + " was written by another version; remove it to begin anew");
        }
        JsonObject network = json.getJsonObject("network");
        chain.recall(network, json.getLong("head"));
        JsonObject deals = network.getJsonObject("providers");
        for (SimulatedProvider provider : providers) {
            JsonArray own = deals.getJsonArray(provider.address().toString(), new JsonArray());
            own.forEach(deal -> provider.desk().recall((JsonObject) deal, http));
        }
    }
}
