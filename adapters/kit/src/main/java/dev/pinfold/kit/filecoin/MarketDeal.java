package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;

/**
 * A deal as the market actor keeps it.
 *
 * @param id the number it got when it was published
 * @param signedCid names the proposal with its signature
 * @param publishedAt epoch
 * @param sectorNumber 0 while not sealed
 * @param sectorStart the epoch it became active, −1 before
 * @param slashedAt the epoch it was slashed, −1 if it was not
 */
record MarketDeal(
        long id,
        DealProposal proposal,
        Cid signedCid,
        long publishedAt,
        long sectorNumber,
        long sectorStart,
        long slashedAt) {

    boolean active() {
        return sectorStart >= 0 && slashedAt < 0;
    }

    MarketDeal activated(long sector, long epoch) {
        return new MarketDeal(id, proposal, signedCid, publishedAt, sector, epoch, slashedAt);
    }

    MarketDeal slashed(long epoch) {
        return new MarketDeal(id, proposal, signedCid, publishedAt, sectorNumber, sectorStart, epoch);
    }

    /** What the provider has earned up to this epoch. */
    BigInteger paid(long epoch) {
        if (sectorStart < 0) {
            return BigInteger.ZERO;
        }
        long until = Math.min(slashedAt < 0 ? epoch : Math.min(slashedAt, epoch), proposal.endEpoch());
        long epochs = Math.max(0, until - proposal.startEpoch());
        return proposal.pricePerEpoch().multiply(BigInteger.valueOf(epochs));
    }

    /** What is still locked in the client's escrow. */
    BigInteger stillLocked(long epoch) {
        return slashedAt >= 0 ? BigInteger.ZERO : proposal.locked().subtract(paid(epoch));
    }

    JsonObject json(boolean withSector) {
        JsonObject state = new JsonObject()
                .put("SectorStartEpoch", sectorStart)
                .put("LastUpdatedEpoch", -1)
                .put("SlashEpoch", slashedAt);
        if (withSector) {
            state.put("SectorNumber", sectorNumber);
        }
        return new JsonObject().put("Proposal", proposal.json()).put("State", state);
    }
}
