package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What an old node does for its client: imports, asks, deals. Absent from 1.27.1 on. */
final class ClientMethods {
    private final LotusAge age;
    private final NodeStore store;
    private final LegacyDeals deals;
    private final SimulatedChain chain;
    private final Supplier<List<SimulatedProvider>> providers;

    ClientMethods(
            LotusAge age,
            NodeStore store,
            LegacyDeals deals,
            SimulatedChain chain,
            Supplier<List<SimulatedProvider>> providers) {
        this.age = age;
        this.store = store;
        this.deals = deals;
        this.chain = chain;
        this.providers = providers;
    }

    void register(RpcMethods methods) {
        String sinceLater = age == LotusAge.V1_27 ? "write" : "read";
        methods.add("ClientImport", "admin", 1, (params, v1) -> store.add(Json.object(params.getValue(0))));
        methods.add("ClientRemoveImport", "admin", 1, (params, v1) -> {
            store.remove(Json.number(params.getValue(0)));
            return RpcMethod.NOTHING;
        });
        methods.add("ClientListImports", "write", 0, (params, v1) -> store.list());
        methods.add("ClientHasLocal", "write", 1, (params, v1) -> store.has(Json.readCid(params.getValue(0))));
        methods.add("ClientGenCar", "write", 2, (params, v1) -> generate(params));
        methods.add("ClientCalcCommP", sinceLater, 1, (params, v1) -> commit(Json.text(params.getValue(0))));
        methods.add(
                "ClientDealPieceCID",
                "read",
                1,
                (params, v1) -> size(params)
                        .put("PieceCID", Json.cid(made(params).piece().cidV1())));
        methods.add("ClientDealSize", "read", 1, (params, v1) -> size(params));
        methods.add("ClientQueryAsk", "read", 2, this::ask);
        methods.add("ClientStartDeal", "admin", 1, (params, v1) -> deals.start(Json.object(params.getValue(0)), false));
        if (age != LotusAge.V1_5) {
            methods.add(
                    "ClientStatelessDeal",
                    "write",
                    1,
                    (params, v1) -> deals.start(Json.object(params.getValue(0)), true));
        }
        methods.add("ClientGetDealInfo", "read", 1, (params, v1) -> deals.info(Json.readCid(params.getValue(0))));
        methods.add("ClientListDeals", "write", 0, (params, v1) -> deals.list());
        methods.add(
                "ClientGetDealStatus", "read", 1, (params, v1) -> DealInfo.name(age, Json.number(params.getValue(0))));
        methods.add("ClientListDataTransfers", "write", 0, (params, v1) -> new JsonArray());
        methods.add("ClientRestartDataTransfer", "write", 3, (params, v1) -> RpcMethod.NOTHING);
        methods.add("ClientCancelDataTransfer", "write", 3, (params, v1) -> RpcMethod.NOTHING);
        methods.channel("ClientGetDealUpdates", sinceLater);
    }

    private NodeStore.Made made(JsonArray params) throws IOException {
        Cid root = Json.readCid(params.getValue(0));
        return store.piece(root);
    }

    private JsonObject size(JsonArray params) throws IOException {
        Piece piece = made(params).piece();
        return new JsonObject()
                .put("PayloadSize", piece.payload())
                .put("PieceSize", piece.size().padded());
    }

    private static JsonObject commit(String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.exists(file)) {
            throw RpcError.failed("open " + path + ": no such file or directory");
        }
        Piece piece = Pieces.commit(file);
        return new JsonObject()
                .put("Root", Json.cid(piece.cidV1()))
                .put("Size", piece.size().unpadded());
    }

    private static Object generate(JsonArray params) throws IOException {
        JsonObject reference = Json.object(params.getValue(0));
        Path source = Path.of(Json.text(reference.getValue("Path")));
        Path target = Path.of(Json.text(params.getValue(1)));
        if (Boolean.TRUE.equals(reference.getValue("IsCAR"))) {
            Files.copy(source, target);
        } else {
            try (InputStream in = Files.newInputStream(source)) {
                LotusFile.write(in, target);
            }
        }
        return RpcMethod.NOTHING;
    }

    private JsonObject ask(JsonArray params, boolean v1) {
        Address miner = Json.address(params.getValue(1));
        SimulatedProvider provider = MinerMethods.find(providers.get(), miner);
        boolean reachable = provider.peerId().equals(Json.text(params.getValue(0))) && !provider.isGone();
        if (!reachable) {
            throw RpcError.failed(
                    "failed to open stream to miner: failed to dial " + params.getValue(0) + ": all dials failed");
        }
        JsonObject ask = chain.locked(() -> {
            Counter counter = provider.counter();
            return new JsonObject()
                    .put("Price", counter.ask().price().toString())
                    .put("VerifiedPrice", counter.ask().verifiedPrice().toString())
                    .put("MinPieceSize", counter.ask().minPiece())
                    .put("MaxPieceSize", counter.ask().maxPiece())
                    .put("Miner", miner.toString())
                    .put("Timestamp", chain.head())
                    .put("Expiry", chain.head() + 2_880)
                    .put("SeqNo", counter.askNumber());
        });
        return v1 && age == LotusAge.V1_27
                ? new JsonObject()
                        .put("Response", ask)
                        .put("DealProtocols", new JsonArray().add("/fil/storage/mk/1.1.1"))
                : ask;
    }
}
