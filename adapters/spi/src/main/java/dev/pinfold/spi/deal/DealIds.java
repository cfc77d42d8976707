package dev.pinfold.spi.deal;

import dev.pinfold.content.Cid;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What others call a deal, as far as it is known. Each answer of a {@link DealMaker} carries all it knows, and the caller
 * keeps them: ids are only ever added.
 *
 * @param proposalCid the signed proposal (legacy, mk12); null while not known
 * @param publishMessage the message that brought the deal to the chain; null while not known
 * @param dealId the deal's number in the chain's market
 * @param allocationId the DataCap allocation, which is also the number of the claim that follows (mk20, verified)
 * @param preparation the message that {@link DealMaker#prepare} waits for; null where there is none
 * @param dataRoot the root under which a legacy node holds the payload: the piece's own root, or that of a file that is
 *     the CAR; null in other modes and before the import
 * @param dealPiece the piece CID (version 1) under which the chain knows the deal, where a legacy node makes another piece
 *     of the payload than the order's; null where they are the same
 */
public record DealIds(
        @Nullable String proposalCid,
        @Nullable String publishMessage,
        OptionalLong dealId,
        OptionalLong allocationId,
        @Nullable String preparation,
        @Nullable Cid dataRoot,
        @Nullable Cid dealPiece) {
    /** Nothing is known. */
    public static final DealIds NONE =
            new DealIds(null, null, OptionalLong.empty(), OptionalLong.empty(), null, null, null);

    /** These, with what {@code newer} knows instead or in addition. */
    public DealIds and(DealIds newer) {
        return new DealIds(
                newer.proposalCid != null ? newer.proposalCid : proposalCid,
                newer.publishMessage != null ? newer.publishMessage : publishMessage,
                newer.dealId.isPresent() ? newer.dealId : dealId,
                newer.allocationId.isPresent() ? newer.allocationId : allocationId,
                newer.preparation != null ? newer.preparation : preparation,
                newer.dataRoot != null ? newer.dataRoot : dataRoot,
                newer.dealPiece != null ? newer.dealPiece : dealPiece);
    }

    public DealIds withProposal(String cid) {
        return new DealIds(cid, publishMessage, dealId, allocationId, preparation, dataRoot, dealPiece);
    }

    public DealIds withPublishMessage(String cid) {
        return new DealIds(proposalCid, cid, dealId, allocationId, preparation, dataRoot, dealPiece);
    }

    public DealIds withDeal(long number) {
        return new DealIds(
                proposalCid, publishMessage, OptionalLong.of(number), allocationId, preparation, dataRoot, dealPiece);
    }

    public DealIds withAllocation(long number) {
        return new DealIds(
                proposalCid, publishMessage, dealId, OptionalLong.of(number), preparation, dataRoot, dealPiece);
    }

    public DealIds withPreparation(String message) {
        return new DealIds(proposalCid, publishMessage, dealId, allocationId, message, dataRoot, dealPiece);
    }

    public DealIds withDataRoot(Cid root) {
        return new DealIds(proposalCid, publishMessage, dealId, allocationId, preparation, root, dealPiece);
    }

    public DealIds withDealPiece(Cid piece) {
        return new DealIds(proposalCid, publishMessage, dealId, allocationId, preparation, dataRoot, piece);
    }
}
