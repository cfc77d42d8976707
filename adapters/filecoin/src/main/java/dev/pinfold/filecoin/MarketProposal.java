package dev.pinfold.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.HashFunction;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Epoch;

/**
 * A deal proposal of the chain's built-in market. Source: built-in actors, {@code DealProposal}; an array of 11 in CBOR.
 *
 * @param label the payload's root, as every client writes it
 */
record MarketProposal(
        Cid pieceCid,
        PieceSize size,
        boolean verified,
        Address client,
        Address provider,
        String label,
        Epoch start,
        Epoch end,
        AttoFil pricePerEpoch,
        AttoFil providerCollateral,
        AttoFil clientCollateral) {
    static MarketProposal of(DealOrder order) {
        return new MarketProposal(
                order.piece().pieceCid(),
                order.piece().size(),
                order.terms().verified(),
                Address.parse(order.client()),
                Address.parse(order.provider()),
                order.piece().payloadRoot().toString(),
                order.terms().start(),
                order.terms().end(),
                order.terms().pricePerEpoch(),
                order.terms().providerCollateral(),
                AttoFil.ZERO);
    }

    /** What the client signs. */
    byte[] cbor() {
        return new CborOut()
                .array(11)
                .link(pieceCid)
                .integer(size.padded())
                .flag(verified)
                .bytes(client.bytes())
                .bytes(provider.bytes())
                .text(label)
                .integer(start.height())
                .integer(end.height())
                .amount(pricePerEpoch.value())
                .amount(providerCollateral.value())
                .amount(clientCollateral.value())
                .toBytes();
    }

    /** The proposal with its signature, {@code ClientDealProposal}. */
    byte[] signedCbor(Signature signature) {
        return new CborOut().array(2).raw(cbor()).bytes(signature.marshalled()).toBytes();
    }

    /** The name under which the storage provider and the client know the proposal. */
    Cid signedCid(Signature signature) {
        return Cid.v1(Codec.DAG_CBOR, Multihash.of(HashFunction.BLAKE2B_256, signedCbor(signature)));
    }
}
