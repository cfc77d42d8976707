package dev.pinfold.broker.cold;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.cluster.BrokerIdentity;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.RangeProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What a broker gives out about one pin in one piece: where the content lies, a proof of that, the deals about the piece as
 * the chain showed them, and the broker's signature over all of it. {@link ReceiptCheck} reads it without any broker.
 *
 * <p>The signature is over the document without its member {@code signature}, written without blanks and in the order in
 * which it came.
 */
public final class Receipt {
    /** What the member {@code receipt} says. */
    static final String FORM = "pinfold/receipt/v1";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Receipt() {}

    /** A document that is to become one. */
    static ObjectNode begin() {
        return JSON.createObjectNode().put("receipt", FORM);
    }

    /** Adds who says so, and the signature. */
    static ObjectNode sign(ObjectNode receipt, BrokerIdentity identity) {
        receipt.put("broker", identity.peerId());
        byte[] signature = identity.sign(bytes(receipt));
        return receipt.put("signature", Base64.getEncoder().encodeToString(signature));
    }

    /** Whether the broker that the receipt names has signed all of it. */
    static boolean isSigned(ObjectNode receipt) {
        ObjectNode unsigned = receipt.deepCopy();
        JsonNode signature = unsigned.remove("signature");
        return signature != null
                && signature.isTextual()
                && BrokerIdentity.signed(receipt.path("broker").asText(), bytes(unsigned), base64(signature));
    }

    static byte[] bytes(JsonNode document) {
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads a document that may be a receipt. */
    static JsonNode parse(byte[] document) throws IOException {
        return JSON.readTree(document);
    }

    static ObjectNode write(RangeProof proof) {
        ObjectNode json = JSON.createObjectNode()
                .put("offset", proof.offset())
                .put("length", proof.length())
                .put("before", Base64.getEncoder().encodeToString(proof.before()))
                .put("after", Base64.getEncoder().encodeToString(proof.after()));
        ArrayNode left = json.putArray("left");
        proof.left().forEach(node -> left.add(node.toString()));
        ArrayNode right = json.putArray("right");
        proof.right().forEach(node -> right.add(node.toString()));
        return json;
    }

    /** Throws IllegalArgumentException where it is none. */
    static RangeProof readProof(JsonNode json) {
        return new RangeProof(
                json.path("offset").asLong(-1),
                json.path("length").asLong(-1),
                base64(json.path("before")),
                base64(json.path("after")),
                nodes(json.path("left")),
                nodes(json.path("right")));
    }

    private static List<Node> nodes(JsonNode json) {
        List<Node> nodes = new ArrayList<>();
        json.forEach(node -> nodes.add(Node.of(HexFormat.of().parseHex(node.asText()))));
        return nodes;
    }

    /** Throws IllegalArgumentException for what is no base64, or not written as it would be here. */
    static byte[] base64(JsonNode json) {
        byte[] bytes = Base64.getDecoder().decode(json.asText());
        if (!Base64.getEncoder().encodeToString(bytes).equals(json.asText())) {
            throw new IllegalArgumentException("bytes in base64 have bits that mean nothing");
        }
        return bytes;
    }
}
