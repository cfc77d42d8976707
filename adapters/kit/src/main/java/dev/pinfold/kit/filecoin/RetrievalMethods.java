package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.unixfs.UnixFsReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How an old node gets data back from providers. Retrieval costs nothing here. */
final class RetrievalMethods {
    private final LotusAge age;
    private final Path folder;
    private final Supplier<List<SimulatedProvider>> providers;
    private final Map<Long, Retrieval> retrievals = new TreeMap<>();
    private long last;

    private record Retrieval(long id, Cid root, SimulatedProvider provider, Path car, long bytes) {}

    RetrievalMethods(LotusAge age, Path folder, Supplier<List<SimulatedProvider>> providers) {
        this.age = age;
        this.folder = folder;
        this.providers = providers;
    }

    void register(RpcMethods methods) {
        methods.add("ClientFindData", "read", 2, (params, v1) -> findData(Json.readCid(params.getValue(0))));
        methods.add(
                "ClientMinerQueryOffer",
                "read",
                3,
                (params, v1) -> offer(
                        MinerMethods.find(providers.get(), Json.address(params.getValue(0))),
                        Json.readCid(params.getValue(1))));
        int version1 = age == LotusAge.V1_27 ? 1 : 2;
        methods.add("ClientRetrieve", "admin", 2, version1, (params, v1) -> {
            Retrieval got = retrieve(Json.object(params.getValue(0)));
            if (params.size() == 1) {
                return new JsonObject().put("DealID", got.id());
            }
            write(got, params.getValue(1));
            return RpcMethod.NOTHING;
        });
        if (age != LotusAge.V1_5) {
            methods.add("ClientListRetrievals", "write", 0, (params, v1) -> new JsonArray());
        }
        if (age == LotusAge.V1_27) {
            methods.add("ClientRetrieveWait", "admin", -1, 1, (params, v1) -> {
                require(Json.number(params.getValue(0)));
                return RpcMethod.NOTHING;
            });
            methods.add("ClientExport", "admin", -1, 2, (params, v1) -> {
                write(require(exported(Json.object(params.getValue(0)))), params.getValue(1));
                return RpcMethod.NOTHING;
            });
        }
    }

    private JsonArray findData(Cid root) throws IOException {
        JsonArray offers = new JsonArray();
        for (SimulatedProvider provider : providers.get()) {
            if (!provider.isGone() && provider.serving().find(root) != null) {
                offers.add(offer(provider, root));
            }
        }
        return offers;
    }

    private JsonObject offer(SimulatedProvider provider, Cid root) throws IOException {
        boolean gone = provider.isGone();
        byte[] block = gone ? null : provider.serving().find(root);
        JsonObject offer = new JsonObject()
                .put(
                        "Err",
                        gone
                                ? Words.simulated("failed to dial: all dials failed")
                                : block == null ? Words.simulated("retrieval query offer was unavailable") : "")
                .put("Root", Json.cid(root))
                .putNull("Piece")
                .put("Size", block == null ? 0 : block.length)
                .put("MinPrice", "0")
                .put("UnsealPrice", "0");
        if (age == LotusAge.V1_27) {
            offer.put("PricePerByte", "0");
        }
        return offer.put("PaymentInterval", 1 << 20)
                .put("PaymentIntervalIncrease", 1 << 20)
                .put("Miner", provider.address().toString())
                .put(
                        "MinerPeer",
                        new JsonObject()
                                .put("Address", provider.address().toString())
                                .put("ID", provider.peerId())
                                .putNull("PieceCID"));
    }

    private Retrieval retrieve(JsonObject order) throws IOException {
        Cid root = Json.readCid(order.getValue("Root"));
        SimulatedProvider provider = MinerMethods.find(providers.get(), Json.address(order.getValue("Miner")));
        if (provider.isGone()) {
            throw RpcError.failed("retrieve failed: failed to dial " + provider.peerId() + ": all dials failed");
        }
        if (provider.serving().servesWrongBytes()) {
            throw RpcError.failed(Words.simulated("retrieval failed: graphsync request failed: hash mismatch"));
        }
        long id;
        synchronized (retrievals) {
            id = ++last;
        }
        Path car = folder.resolve("retrieval-" + id + ".car");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), 1 << 16)) {
            new DagWalk(provider.serving()::find, DagLimits.DEFAULT)
                    .walk(List.of(root), new CarWriter(out, List.of(root)));
        } catch (ContentException e) {
            throw RpcError.failed(Words.simulated("retrieval failed: " + e.getMessage()));
        }
        Retrieval got = new Retrieval(id, root, provider, car, Files.size(car));
        synchronized (retrievals) {
            retrievals.put(id, got);
        }
        return got;
    }

    private Retrieval require(long id) {
        synchronized (retrievals) {
            Retrieval found = retrievals.get(id);
            if (found == null) {
                throw RpcError.failed("no such retrieval deal: " + id);
            }
            return found;
        }
    }

    private static long exported(JsonObject reference) {
        return Json.number(reference.getValue("DealID"));
    }

    /** Writes what was retrieved to the node's own disk; nothing where the caller named no file. */
    private static void write(Retrieval got, @org.jspecify.annotations.Nullable Object reference) throws IOException {
        if (!(reference instanceof JsonObject file)) {
            return;
        }
        Path target = Path.of(Json.text(file.getValue("Path")));
        if (Boolean.TRUE.equals(file.getValue("IsCAR"))) {
            Files.copy(got.car(), target, StandardCopyOption.REPLACE_EXISTING);
        } else {
            unwrap(got, target);
        }
    }

    private static void unwrap(Retrieval got, Path target) throws IOException {
        IndexedCar car = IndexedCar.of(got.car());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
            new UnixFsReader(car).open(got.root()).copyTo(out);
        }
    }

    /** {@code GET /rest/v0/export}: the CAR of a retrieval, or the file that its root is. */
    Reply export(JsonObject reference, boolean asCar) throws IOException {
        Retrieval got = require(exported(reference));
        if (asCar) {
            return Reply.file(200, "application/vnd.ipld.car", got.car(), 0, got.bytes(), false);
        }
        Path file = folder.resolve("retrieval-" + got.id() + ".file");
        unwrap(got, file);
        return Reply.file(200, "application/octet-stream", file, 0, Files.size(file), false);
    }
}
