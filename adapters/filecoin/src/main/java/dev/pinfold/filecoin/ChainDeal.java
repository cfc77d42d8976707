package dev.pinfold.filecoin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Epoch;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A deal in the chain's built-in market.
 *
 * @param activated the epoch of activation; null before it
 * @param slashed the epoch at which it was terminated; null where it was not
 */
record ChainDeal(
        Cid pieceCid,
        long paddedBytes,
        boolean verified,
        Address client,
        Address provider,
        Epoch start,
        Epoch end,
        String pricePerEpoch,
        @Nullable Epoch activated,
        @Nullable Epoch slashed,
        OptionalLong sector) {
    /** Reads the answer of {@code StateMarketStorageDeal}. Throws IllegalArgumentException where it is none. */
    static ChainDeal read(JsonNode document) {
        JsonNode proposal = document.path("Proposal");
        JsonNode state = document.path("State");
        try {
            return new ChainDeal(
                    Cid.parse(proposal.path("PieceCID").path("/").asText("")),
                    proposal.path("PieceSize").asLong(0),
                    proposal.path("VerifiedDeal").asBoolean(false),
                    Address.parse(proposal.path("Client").asText("")),
                    Address.parse(proposal.path("Provider").asText("")),
                    new Epoch(proposal.path("StartEpoch").asLong(-1)),
                    new Epoch(proposal.path("EndEpoch").asLong(-1)),
                    proposal.path("StoragePricePerEpoch").asText(""),
                    epochOrNull(state.path("SectorStartEpoch")),
                    epochOrNull(state.path("SlashEpoch")),
                    state.path("SectorNumber").isNumber()
                            ? OptionalLong.of(state.path("SectorNumber").asLong())
                            : OptionalLong.empty());
        } catch (ContentException e) {
            throw new IllegalArgumentException("not a deal of the chain's market", e);
        }
    }

    /** The chain writes −1 for "not". */
    private static @Nullable Epoch epochOrNull(JsonNode value) {
        long height = value.asLong(-1);
        return height < 0 ? null : new Epoch(height);
    }

    /**
     * Whether this is the deal of an order. A storage provider or a node names a deal's number; that it is ours is believed
     * to the chain alone.
     *
     * @param clientId the client as the chain's state names it
     */
    boolean isOf(DealOrder order, DealIds ids, Address clientId) {
        Address wallet = Address.parse(order.client());
        Cid piece = ids.dealPiece() == null ? order.piece().pieceCid() : ids.dealPiece();
        return pieceCid.equals(piece)
                && (client.equals(clientId) || client.equals(wallet))
                && provider.equals(Address.parse(order.provider()))
                && verified == order.terms().verified()
                && start.equals(order.terms().start())
                && !order.terms().end().isAfter(end)
                && pricePerEpoch.equals(order.terms().pricePerEpoch().toString());
    }
}
