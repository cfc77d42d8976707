package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A storage provider's deal as a document on disk, and back. Data that was being moved is moved again. */
final class DealJson {
    private DealJson() {}

    static JsonObject write(ProviderDeal deal) {
        JsonObject json = terms(deal.terms)
                .put("stage", deal.stage.name())
                .put("since", deal.since)
                .put("message", deal.message)
                .put("received", deal.received)
                .put("awaitsUpload", deal.awaitsUpload)
                .put("dealId", deal.dealId)
                .put("activeAt", deal.activeAt);
        message(json, "funding", deal.funding);
        message(json, "publish", deal.publish);
        message(json, "activation", deal.activation);
        if (deal.source instanceof Pull pull) {
            json.put("pull", pull(pull));
        }
        Path data = deal.data;
        Piece piece = deal.piece;
        if (data != null && piece != null) {
            json.put("data", String.valueOf(data.getFileName()))
                    .put("commitment", piece.cidV1().toString())
                    .put("height", piece.size().height())
                    .put("payload", piece.payload());
        }
        return json;
    }

    static ProviderDeal read(JsonObject json, Path folder, HttpClient http) {
        JsonArray pull = json.getJsonArray("pull");
        ProviderDeal deal = new ProviderDeal(
                readTerms(json),
                Stage.valueOf(json.getString("stage")),
                json.getLong("since"),
                pull == null ? null : readPull(pull, http));
        deal.message = json.getString("message");
        deal.received = json.getLong("received");
        deal.awaitsUpload = json.getBoolean("awaitsUpload");
        deal.dealId = json.getLong("dealId");
        deal.activeAt = json.getLong("activeAt");
        deal.funding = readMessage(json, "funding");
        deal.publish = readMessage(json, "publish");
        deal.activation = readMessage(json, "activation");
        if (json.containsKey("data")) {
            Path data = folder.resolve(json.getString("data"));
            deal.data = data;
            deal.piece = new Piece(
                    Pieces.commitment(Cid.parse(json.getString("commitment"))),
                    new PieceSize(json.getInteger("height")),
                    json.getLong("payload"));
            deal.car = deal.terms.isCar() ? IndexedCar.later(data) : null;
        }
        return deal;
    }

    private static JsonObject terms(ProviderDeal.Terms terms) {
        DealProposal proposal = terms.proposal();
        Cid signed = terms.signedCid();
        return new JsonObject()
                .put("id", terms.id())
                .put("protocol", terms.protocol().name())
                .put("client", terms.client().toString())
                .put("provider", terms.provider().toString())
                .put("pieceCid", terms.pieceCid().toString())
                .put("pieceSize", terms.pieceSize())
                .put("startBy", terms.startBy())
                .put("duration", terms.duration())
                .put("proposal", proposal == null ? null : Json.base64(proposal.cbor()))
                .put("signedCid", signed == null ? null : signed.toString())
                .put("allocation", terms.allocation())
                .put("payloadSize", terms.payloadSize())
                .put("isCar", terms.isCar());
    }

    private static ProviderDeal.Terms readTerms(JsonObject json) {
        String proposal = json.getString("proposal");
        String signed = json.getString("signedCid");
        return new ProviderDeal.Terms(
                json.getString("id"),
                Protocol.valueOf(json.getString("protocol")),
                Address.parse(json.getString("client")),
                Address.parse(json.getString("provider")),
                Cid.parse(json.getString("pieceCid")),
                json.getLong("pieceSize"),
                json.getLong("startBy"),
                json.getLong("duration"),
                proposal == null ? null : StateJson.readProposal(proposal),
                signed == null ? null : Cid.parse(signed),
                json.getLong("allocation"),
                json.getLong("payloadSize"),
                json.getBoolean("isCar"));
    }

    private static void message(JsonObject json, String name, @Nullable ChainMessage message) {
        if (message != null) {
            json.put(name, StateJson.message(message));
        }
    }

    private static @Nullable ChainMessage readMessage(JsonObject json, String name) {
        JsonObject message = json.getJsonObject(name);
        return message == null ? null : StateJson.readMessage(message);
    }

    private static JsonArray pull(Pull pull) {
        JsonArray from = new JsonArray();
        for (Pull.From each : pull.from()) {
            JsonObject headers = new JsonObject();
            each.headers().forEach((name, values) -> headers.put(name, new JsonArray(values)));
            from.add(new JsonObject().put("url", each.url().toString()).put("headers", headers));
        }
        return from;
    }

    private static Pull readPull(JsonArray json, HttpClient http) {
        List<Pull.From> from = new ArrayList<>();
        for (Object one : json) {
            JsonObject each = (JsonObject) one;
            Map<String, List<String>> headers = new HashMap<>();
            StateJson.members(
                    each,
                    "headers",
                    (name, values) -> headers.put(
                            name,
                            ((JsonArray) values).stream().map(String::valueOf).toList()));
            from.add(new Pull.From(URI.create(each.getString("url")), headers));
        }
        return new Pull(http, from);
    }
}
