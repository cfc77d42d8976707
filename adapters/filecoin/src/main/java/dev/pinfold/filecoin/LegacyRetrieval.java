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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Buys a payload back through a legacy node. One of 1.14 or later that speaks {@code /rpc/v1} gives it away at {@code
 * /rest/v0/export}; others write it into the folder that both see.
 */
final class LegacyRetrieval {
    /** JSON-RPC's "invalid params", which is what a wrong number of them is. */
    private static final int WRONG_COUNT = -32602;

    private static final Pattern VERSION = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

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
        boolean exports = node.rpc().path(deadline).equals("/rpc/v1") && exports(node.version(deadline));
        if (folder == null && !exports) {
            // The node can write to its own disk only.
            throw unsupported();
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
        ObjectNode wanted = retrievalOrder(ref, offer, root);
        // A payload that was wrapped as a file comes back as that file, which is the CAR.
        boolean car = imports.keepsRoots() && root.equals(ref.order().piece().payloadRoot());
        OptionalLong retrieval = exports ? retrieved(wanted, deadline) : OptionalLong.empty();
        if (retrieval.isPresent()) {
            return exported(retrieval.getAsLong(), root, car, deadline);
        }
        if (folder == null) {
            throw unsupported();
        }
        return written(wanted, folder, car, deadline);
    }

    private static ProviderException unsupported() {
        return new ProviderException(new Failure.Unsupported(Capability.RETRIEVE_CAR));
    }

    private InputStream written(ObjectNode wanted, Path folder, boolean car, Deadline deadline) {
        String name = "retrieved-" + UUID.randomUUID() + ".car";
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.put("Path", settings.nodeDirectory() + "/" + name);
        file.put("IsCAR", car);
        node.rpc().get("ClientRetrieve", deadline, wanted, file);
        return opened(folder.resolve(name));
    }

    /** Since 1.14 a retrieval has a number. A fork may say so and still be older, which {@link #retrieved} finds out. */
    static boolean exports(String version) {
        Matcher numbers = VERSION.matcher(version);
        return numbers.lookingAt()
                && (Integer.parseInt(numbers.group(1)) > 1 || Integer.parseInt(numbers.group(2)) >= 14);
    }

    /** Lets the node fetch it into its own store, all of it; empty where it can only write it to a file. */
    private OptionalLong retrieved(ObjectNode wanted, Deadline deadline) {
        try {
            JsonNode started = node.rpc().read("ClientRetrieve", deadline, wanted);
            if (!started.path("DealID").isIntegralNumber()) {
                throw node.violation("began a retrieval and gave it no number");
            }
            long retrieval = started.path("DealID").asLong();
            node.rpc().get("ClientRetrieveWait", deadline, retrieval);
            return OptionalLong.of(retrieval);
        } catch (LotusError e) {
            if (e.code() == WRONG_COUNT) {
                // Before 1.14 the file is a second parameter.
                return OptionalLong.empty();
            }
            throw new ProviderException(node.rpc().failure(e));
        }
    }

    private InputStream exported(long retrieval, Cid root, boolean car, Deadline deadline) {
        ObjectNode export = JsonNodeFactory.instance.objectNode();
        export.set("Root", LotusNode.link(root.toString()));
        export.put("DealID", retrieval);
        String query = "car=" + car + "&export=" + URLEncoder.encode(export.toString(), StandardCharsets.UTF_8);
        return node.rpc().download("/rest/v0/export?" + query, deadline);
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
