package dev.pinfold.broker.cold;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.cluster.BrokerIdentity;
import dev.pinfold.broker.store.DealStore;
import dev.pinfold.broker.store.PieceStore;
import dev.pinfold.broker.store.PieceStore.Holding;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Varint;
import dev.pinfold.content.car.CarHeader;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.PayloadReader;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import dev.pinfold.content.piece.RangeProof;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes receipts: one for each piece that has a pin's content and for which a deal was made. Calls block. */
public final class Receipts {
    private final PieceStore pieces;
    private final DealStore deals;
    private final PieceShelf shelf;
    private final Networks networks;
    private final BrokerIdentity identity;
    private final Clock clock;

    public Receipts(
            PieceStore pieces,
            DealStore deals,
            PieceShelf shelf,
            Networks networks,
            BrokerIdentity identity,
            Clock clock) {
        this.pieces = pieces;
        this.deals = deals;
        this.shelf = shelf;
        this.networks = networks;
        this.identity = identity;
        this.clock = clock;
    }

    /** The receipts of a pin, the newest piece first; reads the content's range of each piece where it is on this disk. */
    public List<ObjectNode> of(UUID requestId, Cid content) throws IOException {
        List<ObjectNode> receipts = new ArrayList<>();
        for (Holding holding : pieces.holdings(content.canonical())) {
            List<Deal> made = deals.ofPiece(holding.piece()).stream()
                    .filter(deal -> deal.state() != DealState.WITHDRAWN)
                    .toList();
            if (!made.isEmpty()) {
                receipts.add(receipt(requestId, content, holding, made));
            }
        }
        return receipts;
    }

    private ObjectNode receipt(UUID requestId, Cid content, Holding holding, List<Deal> made) throws IOException {
        Piece piece = ((PieceCid.V2) PieceCid.of(made.getFirst().pieceCid())).piece();
        boolean simulated = made.stream()
                .anyMatch(deal -> networks.of(deal.intent().maker())
                        .map(Networks.Network::simulated)
                        .orElse(false));
        ObjectNode receipt = Receipt.begin()
                .put("simulated", simulated)
                .put("issuedAt", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        if (simulated) {
            receipt.put("label", "SIMULATED");
        }
        receipt.putObject("pin").put("requestid", requestId.toString()).put("cid", content.toString());
        receipt.putObject("piece")
                .put("pieceCid", piece.cidV2().toString())
                .put("pieceCidV1", piece.cidV1().toString())
                .put("paddedBytes", piece.size().padded())
                .put("payloadBytes", piece.payload());
        Optional<Path> file = shelf.find(holding.piece());
        if (file.isPresent() && holding.length() > 0) {
            receipt.set("inclusion", inclusion(content, holding, piece, file.get()));
        } else {
            receipt.putNull("inclusion")
                    .put(
                            "inclusionMissing",
                            "the piece is not on the disk of the broker that was asked; ask the one that wrote it");
        }
        ArrayNode list = receipt.putArray("deals");
        made.forEach(
                deal -> list.add(DealDocument.of(deal, networks.of(deal.intent().maker()))));
        return Receipt.sign(receipt, identity);
    }

    private ObjectNode inclusion(Cid content, Holding holding, Piece piece, Path file) throws IOException {
        List<Node> subtrees = shelf.subtrees(holding.piece());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            PayloadReader payload = (offset, target, length) -> read(channel, offset, target, length);
            Section root = rootSection(channel, content, holding);
            byte[] section = new byte[root.length()];
            payload.read(root.offset(), section, section.length);
            ObjectNode json = Receipt.begin();
            json.removeAll();
            json.put("rootSection", Base64.getEncoder().encodeToString(section));
            json.set("rootBlock", Receipt.write(RangeProof.of(piece, subtrees, payload, root.offset(), root.length())));
            json.set(
                    "content",
                    Receipt.write(RangeProof.of(piece, subtrees, payload, holding.offset(), holding.length())));
            return json;
        }
    }

    private record Section(long offset, int length) {}

    /** Where the content's first block is: at the front of its range, or anywhere in it where children come first. */
    private static Section rootSection(FileChannel channel, Cid content, Holding holding) throws IOException {
        byte[] header = CarHeader.of(List.of(content)).bytes();
        InputStream range = new ChannelRange(channel, holding.offset(), holding.length());
        CarReader reader = new CarReader(
                new SequenceInputStream(new ByteArrayInputStream(header), new BufferedInputStream(range, 1 << 16)));
        for (Block block = reader.next(); block != null; block = reader.next()) {
            if (block.cid().multihash().equals(content.multihash())) {
                int inside = block.cid().bytes().length + block.size();
                int length = Varint.size(inside) + inside;
                return new Section(holding.offset() + reader.position() - header.length - length, length);
            }
        }
        throw new EOFException("piece " + holding.piece() + " has no block " + content + " where it should be");
    }

    private static void read(FileChannel channel, long offset, byte[] target, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, 0, length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("the piece's file is shorter than its payload");
            }
        }
    }
}
