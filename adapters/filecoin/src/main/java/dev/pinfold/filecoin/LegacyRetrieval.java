package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.http.SafeWords;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealRef;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Buys a payload back through a legacy node, which writes it into the folder that both see. */
final class LegacyRetrieval {
    private final FilecoinSettings settings;
    private final SafeWords words;
    private final LotusNode node;
    private final LegacyImports imports;

    LegacyRetrieval(FilecoinSettings settings, SafeWords words, LotusNode node, LegacyImports imports) {
        this.settings = settings;
        this.words = words;
        this.node = node;
        this.imports = imports;
    }

    InputStream open(DealRef ref, AttoFil atMost, Deadline deadline) {
        Path folder = settings.sharedDirectory();
        if (folder == null) {
            // The node can write to its own disk only, and newer export routes are missing on forks.
            throw new ProviderException(new Failure.Unsupported(Capability.RETRIEVE_CAR));
        }
        Cid root = ref.ids().dataRoot() == null
                ? ref.order().piece().payloadRoot()
                : ref.ids().dataRoot();
        JsonNode offer = node.rpc()
                .get(
                        "ClientMinerQueryOffer",
                        deadline,
                        ref.order().provider(),
                        LotusNode.link(root.toString()),
                        JsonNodeFactory.instance.nullNode());
        requireAcceptable(offer, atMost);
        String name = "retrieved-" + UUID.randomUUID() + ".car";
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("Path", settings.nodeDirectory() + "/" + name);
        // A payload that was wrapped as a file comes back as that file, which is the CAR.
        file.put(
                "IsCAR", imports.keepsRoots() && root.equals(ref.order().piece().payloadRoot()));
        node.rpc().get("ClientRetrieve", deadline, retrievalOrder(ref, offer, root), file);
        return opened(folder.resolve(name));
    }

    private void requireAcceptable(JsonNode offer, AttoFil atMost) {
        String error = offer.path("Err").asText("");
        if (!error.isEmpty()) {
            throw new ProviderException(
                    new Failure.Rejected(words.say("was refused the retrieval by the storage provider", error)));
        }
        AttoFil price = node.amount(offer.path("MinPrice"), "ClientMinerQueryOffer");
        if (price.isMoreThan(atMost)) {
            throw new ProviderException(new Failure.Rejected(words.say(
                    "would pay " + price.inCoins(settings.coin()) + " for the retrieval, more than the "
                            + atMost.inCoins(settings.coin()) + " allowed",
                    "")));
        }
    }

    private static ObjectNode retrievalOrder(DealRef ref, JsonNode offer, Cid root) {
        ObjectNode order = JsonNodeFactory.instance.objectNode();
        order.set("Root", LotusNode.link(root.toString()));
        order.set("Piece", offer.path("Piece").isMissingNode() ? null : offer.path("Piece"));
        order.put("Size", offer.path("Size").asLong(0));
        order.put("Total", offer.path("MinPrice").asText("0"));
        order.put("UnsealPrice", offer.path("UnsealPrice").asText("0"));
        order.put("PaymentInterval", offer.path("PaymentInterval").asLong(0));
        order.put(
                "PaymentIntervalIncrease", offer.path("PaymentIntervalIncrease").asLong(0));
        order.put("Client", ref.order().client());
        order.put("Miner", offer.path("Miner").asText(ref.order().provider()));
        order.set("MinerPeer", offer.path("MinerPeer").isMissingNode() ? null : offer.path("MinerPeer"));
        return order;
    }

    private InputStream opened(Path file) {
        try {
            return new FilterInputStream(Files.newInputStream(file)) {
                @Override
                public void close() throws IOException {
                    super.close();
                    Files.deleteIfExists(file);
                }
            };
        } catch (IOException e) {
            throw new ProviderException(
                    new Failure.Unavailable(words.say(
                            "retrieved the payload, but its file is not in the shared directory",
                            e.getClass().getSimpleName())),
                    e);
        }
    }
}
