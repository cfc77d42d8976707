package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Data that clients push to market 2.0: in one go, or in chunks that may come in any order. */
final class Uploads {
    private static final long MOST = 68_182_605_824L;

    private final Path folder;
    private final Mk20Market market;
    private final Map<String, Path> whole = new HashMap<>();
    private final Map<String, Chunked> chunked = new HashMap<>();
    private int files;

    /** An upload in chunks; those that came lie in files by their number, from 1 on. */
    private record Chunked(long rawSize, long chunkSize, TreeMap<Integer, Path> chunks) {
        int total() {
            return Math.toIntExact((rawSize + chunkSize - 1) / chunkSize);
        }

        long size(int chunk) {
            return chunk == total() ? rawSize - (total() - 1) * chunkSize : chunkSize;
        }
    }

    Uploads(Path folder, Mk20Market market) {
        this.folder = folder;
        this.market = market;
    }

    /** A name for the body of a request that is on its way. */
    synchronized Path fresh() {
        return folder.resolve("upload-" + ++files);
    }

    synchronized Reply put(ProviderDeal deal, Path file) throws IOException {
        if (!market.awaitsUpload(deal)) {
            Files.deleteIfExists(file);
            return Reply.text(400, Words.simulated("this deal waits for no upload"));
        }
        whole.put(deal.terms.id(), file);
        market.received(deal, Files.size(file));
        return Reply.empty(200);
    }

    synchronized Reply finish(ProviderDeal deal) {
        Path file = whole.remove(deal.terms.id());
        if (file == null || !market.awaitsUpload(deal)) {
            return Reply.text(400, "Reason: " + Words.simulated("nothing was uploaded"));
        }
        market.uploaded(deal, file);
        return Reply.empty(200);
    }

    synchronized Reply start(ProviderDeal deal, String body) {
        JsonObject wanted = new JsonObject(body);
        long raw = Json.number(wanted.getValue("raw_size"));
        long chunk = Json.number(wanted.getValue("chunk_size"));
        if (raw <= 0 || raw > MOST || chunk <= 0 || Long.bitCount(chunk) != 1 || !market.awaitsUpload(deal)) {
            return Reply.text(400, Words.simulated("raw_size or chunk_size cannot be, or no upload is waited for"));
        }
        boolean fresh = chunked.putIfAbsent(deal.terms.id(), new Chunked(raw, chunk, new TreeMap<>())) == null;
        return Reply.empty(fresh ? 200 : 409);
    }

    synchronized Reply chunk(ProviderDeal deal, int number, Path file) throws IOException {
        Chunked upload = chunked.get(deal.terms.id());
        Reply wrong = null;
        if (upload == null) {
            wrong = Reply.empty(404);
        } else if (number < 1 || number > upload.total() || Files.size(file) != upload.size(number)) {
            wrong = Reply.text(400, Words.simulated("chunk " + number + " has the wrong number or size"));
        } else if (upload.chunks().containsKey(number)) {
            wrong = Reply.empty(409);
        }
        if (upload == null || wrong != null) {
            Files.deleteIfExists(file);
            return wrong == null ? Reply.empty(404) : wrong;
        }
        upload.chunks().put(number, file);
        long have = 0;
        for (Path each : upload.chunks().values()) {
            have += Files.size(each);
        }
        market.received(deal, have);
        return Reply.empty(200);
    }

    synchronized Reply progress(ProviderDeal deal) {
        Chunked upload = chunked.get(deal.terms.id());
        if (upload == null) {
            return Reply.empty(425);
        }
        JsonArray here = new JsonArray();
        JsonArray missing = new JsonArray();
        for (int number = 1; number <= upload.total(); number++) {
            (upload.chunks().containsKey(number) ? here : missing).add(number);
        }
        return Reply.json(new JsonObject()
                .put("total_chunks", upload.total())
                .put("uploaded", here.size())
                .put("missing", missing.size())
                .put("uploaded_chunks", here)
                .put("missing_chunks", missing)
                .encode());
    }

    synchronized Reply finalise(ProviderDeal deal) throws IOException {
        @Nullable Chunked upload = chunked.get(deal.terms.id());
        if (upload == null || upload.chunks().size() != upload.total()) {
            return Reply.text(400, "Reason: " + Words.simulated("the upload is not complete"));
        }
        Path joined = fresh();
        try (OutputStream out = Files.newOutputStream(joined)) {
            for (Path each : upload.chunks().values()) {
                Files.copy(each, out);
                Files.delete(each);
            }
        }
        chunked.remove(deal.terms.id());
        market.uploaded(deal, joined);
        return Reply.empty(200);
    }
}
