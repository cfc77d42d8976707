package dev.pinfold.broker.cold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import dev.pinfold.content.piece.RangeProof;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks a receipt with nothing but the receipt: that the broker it names signed it, that the block with the pinned CID lies
 * in the piece at the stated place, and that the stated deals are about that piece. With the bytes of the range, as any
 * storage provider serves them, also that the whole content is there. What it takes the broker's word for are the facts of
 * the chain; each is named, so that anyone can look at the chain.
 */
public final class ReceiptCheck {
    /** A receipt that does not hold, and why. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    private final ObjectNode receipt;
    private final List<String> findings = new ArrayList<>();

    private ReceiptCheck(ObjectNode receipt) {
        this.receipt = receipt;
    }

    /**
     * Checks a receipt.
     *
     * @param bytes a file with the bytes of the content's range in the piece; null where they are not at hand
     * @return what was found, a sentence each
     * @throws Refused it is no receipt, or not all of it holds
     * @throws IOException the file of bytes cannot be read
     */
    public static List<String> check(byte[] document, @Nullable Path bytes) throws Refused, IOException {
        JsonNode json;
        try {
            json = Receipt.parse(document);
        } catch (IOException e) {
            throw new Refused("it is no JSON document, or was damaged");
        }
        if (!(json instanceof ObjectNode object)
                || !json.path("receipt").asText().equals(Receipt.FORM)) {
            throw new Refused("it is no receipt of the form " + Receipt.FORM);
        }
        ReceiptCheck check = new ReceiptCheck(object);
        try {
            check.run(bytes);
        } catch (ContentException | IllegalArgumentException e) {
            throw new Refused("something in it cannot be what it says: " + e.getMessage());
        }
        return check.findings;
    }

    private void run(@Nullable Path bytes) throws Refused, IOException {
        require(
                Receipt.isSigned(receipt),
                "it was changed after it was signed, or the signature is not that of the" + " broker it names");
        findings.add("signed by broker " + receipt.path("broker").asText());
        Cid content = Cid.parse(receipt.at("/pin/cid").asText());
        Piece piece = piece();
        JsonNode inclusion = receipt.path("inclusion");
        if (inclusion.isObject()) {
            includes(inclusion, content, piece, bytes);
        } else {
            require(bytes == null, "it has no proof of inclusion against which bytes could be checked");
            findings.add(
                    "no proof of inclusion: " + receipt.path("inclusionMissing").asText("none was made"));
        }
        deals(piece);
        if (receipt.path("simulated").asBoolean()) {
            findings.add("SIMULATED: the deals are with a simulated network and worth nothing");
        }
    }

    private Piece piece() throws Refused {
        JsonNode stated = receipt.path("piece");
        require(
                PieceCid.parse(stated.path("pieceCid").asText()) instanceof PieceCid.V2 v2
                        && v2.piece()
                                .cidV1()
                                .toString()
                                .equals(stated.path("pieceCidV1").asText())
                        && v2.piece().size().padded()
                                == stated.path("paddedBytes").asLong()
                        && v2.piece().payload() == stated.path("payloadBytes").asLong(),
                "its two piece CIDs and sizes are not of one piece");
        return ((PieceCid.V2) PieceCid.parse(stated.path("pieceCid").asText())).piece();
    }

    private void includes(JsonNode inclusion, Cid content, Piece piece, @Nullable Path bytes)
            throws Refused, IOException {
        RangeProof whole = Receipt.readProof(inclusion.path("content"));
        RangeProof first = Receipt.readProof(inclusion.path("rootBlock"));
        require(
                first.offset() >= whole.offset() && first.offset() + first.length() <= whole.offset() + whole.length(),
                "the block with the pinned CID is not within the range of its content");
        byte[] section = Receipt.base64(inclusion.path("rootSection"));
        require(
                leads(first, new ByteArrayInputStream(section), piece),
                "the bytes of the block with the pinned CID do not lie in the piece at the stated place");
        Block root = only(section, content);
        require(
                root.cid().multihash().equals(content.multihash()),
                "the bytes that are proven to lie in the piece are not those of " + content);
        findings.add("block " + content + " lies in piece " + piece.cidV2() + " at byte " + first.offset());
        if (bytes != null) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(bytes))) {
                require(leads(whole, in, piece), "the given bytes do not lie in the piece at the stated place");
            }
            complete(content, bytes);
            findings.add("all blocks below it lie in the piece too, at bytes " + whole.offset() + " to "
                    + (whole.offset() + whole.length() - 1));
        } else {
            findings.add("the rest of the content is stated to lie at bytes " + whole.offset() + " to "
                    + (whole.offset() + whole.length() - 1) + "; give these bytes with --bytes to have it proven");
        }
    }

    private static boolean leads(RangeProof proof, InputStream bytes, Piece piece) throws IOException {
        return proof.commitment(bytes, piece.size()).equals(piece.commitment());
    }

    private static InputStream car(Cid root, InputStream sections) {
        return new SequenceInputStream(
                new ByteArrayInputStream(CarHeader.of(List.of(root)).bytes()), sections);
    }

    private static Block only(byte[] section, Cid root) throws Refused, IOException {
        CarReader reader = new CarReader(car(root, new ByteArrayInputStream(section)));
        Block block = reader.next();
        require(block != null && reader.next() == null, "the block with the pinned CID is not a single block");
        return Objects.requireNonNull(block);
    }

    /** Every block is what its CID says, and all that hang below the root are there. */
    private static void complete(Cid root, Path bytes) throws Refused, IOException {
        Map<Object, byte[]> inner = new HashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(bytes))) {
            CarReader reader = new CarReader(car(root, in));
            for (Block block = reader.next(); block != null; block = reader.next()) {
                boolean leaf = dev.pinfold.content.dag.Links.none(block.cid().codec());
                inner.put(block.cid().multihash(), leaf ? new byte[0] : block.bytes());
            }
        }
        List<Cid> missing = new DagWalk(cid -> inner.get(cid.multihash()), DagLimits.DEFAULT)
                .missing(List.of(root), cid -> inner.containsKey(cid.multihash()), 1);
        require(missing.isEmpty(), "the range lacks block " + (missing.isEmpty() ? "" : missing.getFirst()));
    }

    private void deals(Piece piece) throws Refused {
        for (JsonNode deal : receipt.path("deals")) {
            require(
                    deal.path("pieceCid").asText().equals(piece.cidV1().toString()),
                    "deal " + deal.path("id").asText() + " is about another piece");
            findings.add("stated: storage provider " + deal.path("provider").asText() + " "
                    + deal.path("state").asText()
                    + (deal.has("dealId") ? ", deal " + deal.path("dealId").asText() : "")
                    + (deal.has("activeSince")
                            ? ", epochs " + deal.path("activeSince").asText() + " to "
                                    + deal.path("activeUntil").asText()
                            : "")
                    + " on network " + deal.path("network").asText("unknown")
                    + (deal.has("seenEpoch")
                            ? ", as of epoch " + deal.path("seenEpoch").asText()
                            : ""));
        }
    }

    private static void require(boolean holds, String otherwise) throws Refused {
        if (!holds) {
            throw new Refused(otherwise);
        }
    }
}
