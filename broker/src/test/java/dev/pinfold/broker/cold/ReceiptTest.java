package dev.pinfold.broker.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.cluster.BrokerIdentity;
import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.content.piece.RangeProof;
import dev.pinfold.kit.Dag;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receipt holds as it was given out, and not with any byte changed. */
class ReceiptTest {
    @TempDir
    Path folder;

    private record Packed(Piece piece, PieceShelf.Region region, List<Node> subtrees, Path file, Dag dag) {}

    private Packed pack() throws Exception {
        List<Dag> dags = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            dags.add(Dag.file(i, 6, 300));
        }
        try (PieceShelf shelf = PieceShelf.open(folder.resolve("pieces"))) {
            PieceShelf.Packed packed = shelf.write(
                    7,
                    dags.stream()
                            .map(dag -> new PieceShelf.Source(dag.root(), dag.carSource()))
                            .toList(),
                    new PieceSize(PieceSize.MIN_HEIGHT));
            return new Packed(
                    packed.piece(),
                    packed.regions().get(3),
                    shelf.subtrees(7),
                    shelf.find(7).orElseThrow(),
                    dags.get(3));
        }
    }

    private byte[] range(Packed packed, long offset, long length) throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(packed.file().toFile(), "r")) {
            byte[] bytes = new byte[(int) length];
            file.seek(offset);
            file.readFully(bytes);
            return bytes;
        }
    }

    /** The document as {@link Receipts} writes it, without a database. */
    private ObjectNode receipt(Packed packed, BrokerIdentity identity) throws Exception {
        Piece piece = packed.piece();
        ObjectNode receipt = Receipt.begin().put("simulated", true).put("label", "SIMULATED");
        receipt.putObject("pin")
                .put("requestid", "r-1")
                .put("cid", packed.dag().root().toString());
        receipt.putObject("piece")
                .put("pieceCid", piece.cidV2().toString())
                .put("pieceCidV1", piece.cidV1().toString())
                .put("paddedBytes", piece.size().padded())
                .put("payloadBytes", piece.payload());
        PieceShelf.Region region = packed.region();
        byte[] whole = range(packed, region.offset(), region.length());
        int root = 1 + whole[0] + (whole[0] < 0 ? 256 : 0);
        if (whole[0] < 0) {
            root = 2 + (whole[0] & 0x7f) + (whole[1] << 7);
        }
        ObjectNode inclusion = receipt.putObject("inclusion")
                .put("rootSection", Base64.getEncoder().encodeToString(Arrays.copyOf(whole, root)));
        dev.pinfold.content.piece.PayloadReader reader = (from, target, count) -> {
            try {
                System.arraycopy(range(packed, from, count), 0, target, 0, count);
            } catch (Exception e) {
                throw new java.io.IOException(e);
            }
        };
        inclusion.set(
                "rootBlock", Receipt.write(RangeProof.of(piece, packed.subtrees(), reader, region.offset(), root)));
        inclusion.set(
                "content",
                Receipt.write(RangeProof.of(piece, packed.subtrees(), reader, region.offset(), region.length())));
        receipt.putArray("deals")
                .addObject()
                .put("id", "d-1")
                .put("state", "active")
                .put("network", "SIMULATED-mainnet")
                .put("provider", "f01000")
                .put("pieceCid", piece.cidV1().toString())
                .put("dealId", 12)
                .put("activeSince", 100)
                .put("activeUntil", 518_500);
        return Receipt.sign(receipt, identity);
    }

    @Test
    void a_receipt_holds_and_says_what_was_found() throws Exception {
        Packed packed = pack();
        try (BrokerIdentity identity = BrokerIdentity.open(folder.resolve("data"))) {
            byte[] document = Receipt.bytes(receipt(packed, identity));
            Cid cid = packed.dag().root();
            assertThat(ReceiptCheck.check(document, null))
                    .anyMatch(line -> line.contains("signed by broker " + identity.peerId()))
                    .anyMatch(line -> line.startsWith("block " + cid + " lies in piece"))
                    .anyMatch(line -> line.contains("stated: storage provider f01000 active, deal 12"))
                    .anyMatch(line -> line.startsWith("SIMULATED"));
        }
    }

    @Test
    void with_the_bytes_of_the_range_the_whole_content_is_proven() throws Exception {
        Packed packed = pack();
        try (BrokerIdentity identity = BrokerIdentity.open(folder.resolve("data"))) {
            byte[] document = Receipt.bytes(receipt(packed, identity));
            byte[] range =
                    range(packed, packed.region().offset(), packed.region().length());
            Path bytes = Files.write(folder.resolve("range.bin"), range);
            assertThat(ReceiptCheck.check(document, bytes)).anyMatch(line -> line.startsWith("all blocks below it"));
            range[range.length - 50] ^= 1;
            Files.write(bytes, range);
            assertThatThrownBy(() -> ReceiptCheck.check(document, bytes))
                    .isInstanceOf(ReceiptCheck.Refused.class)
                    .hasMessageContaining("given bytes");
        }
    }

    @Test
    void a_change_of_any_byte_is_found() throws Exception {
        Packed packed = pack();
        try (BrokerIdentity identity = BrokerIdentity.open(folder.resolve("data"))) {
            byte[] document = Receipt.bytes(receipt(packed, identity));
            assertThat(ReceiptCheck.check(document, null)).isNotEmpty();
            for (int at = 0; at < document.length; at++) {
                byte[] wrong = document.clone();
                wrong[at] ^= 1;
                assertThatThrownBy(() -> ReceiptCheck.check(wrong, null))
                        .as("byte %d of %s", at, new String(document, StandardCharsets.UTF_8))
                        .isInstanceOf(ReceiptCheck.Refused.class);
            }
        }
    }

    /** Whoever signs anew under another name still cannot prove what is not in the piece. */
    @Test
    void a_forger_with_a_key_of_their_own_cannot_prove_another_content() throws Exception {
        Packed packed = pack();
        try (BrokerIdentity identity = BrokerIdentity.open(folder.resolve("data"))) {
            ObjectNode forged = receipt(packed, identity);
            ((ObjectNode) forged.path("pin"))
                    .put("cid", Dag.text("not in the piece").root().toString());
            forged.remove(List.of("signature", "broker"));
            byte[] document = Receipt.bytes(Receipt.sign(forged, identity));
            assertThatThrownBy(() -> ReceiptCheck.check(document, null))
                    .isInstanceOf(ReceiptCheck.Refused.class)
                    .hasMessageContaining("are not those of");
        }
    }
}
