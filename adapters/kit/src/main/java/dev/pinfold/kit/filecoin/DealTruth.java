package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;

/**
 * What a provider really has to do with a deal.
 *
 * @param id UUID, ULID or proposal CID
 * @param pieceCid version 1
 * @param pieceSize padded bytes
 * @param message why it failed, else empty
 * @param received bytes of payload that came
 * @param dealId the market's number, 0 while it has none
 * @param holdsData whether the right data is there and served
 */
public record DealTruth(
        String id,
        Protocol protocol,
        Address provider,
        Address client,
        Cid pieceCid,
        long pieceSize,
        Stage stage,
        String message,
        long received,
        long dealId,
        long allocation,
        boolean holdsData) {
    static DealTruth of(ProviderDeal deal) {
        ProviderDeal.Terms terms = deal.terms;
        return new DealTruth(
                terms.id(),
                terms.protocol(),
                terms.provider(),
                terms.client(),
                terms.pieceCid(),
                terms.pieceSize(),
                deal.stage,
                deal.message,
                deal.received,
                deal.dealId,
                terms.allocation(),
                deal.holdsData());
    }
}
