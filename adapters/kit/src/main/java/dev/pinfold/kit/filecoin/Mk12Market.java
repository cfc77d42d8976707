package dev.pinfold.kit.filecoin;

import static java.util.Objects.requireNonNull;

import dev.pinfold.content.HashFunction;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The deals that come as CBOR over HTTP: Curio's mk12. Bytes in, bytes out. */
final class Mk12Market {
    private final SimulatedChain chain;
    private final Address provider;
    private final DealDesk desk;
    private final Counter counter;
    private final HttpClient http;

    Mk12Market(SimulatedChain chain, Address provider, DealDesk desk, Counter counter, HttpClient http) {
        this.chain = chain;
        this.provider = provider;
        this.desk = desk;
        this.counter = counter;
        this.http = http;
    }

    /** Takes a proposal, or not; both are answers. Throws WireException for what is no proposal. */
    byte[] store(byte[] body) {
        Mk12Params params = Mk12Params.read(body);
        String refusal = chain.locked(() -> propose(params));
        return new CborOut()
                .map(2)
                .text("Message")
                .text(refusal == null ? "" : refusal)
                .text("Accepted")
                .bool(refusal == null)
                .toBytes();
    }

    private @Nullable String propose(Mk12Params params) {
        DealProposal proposal = params.proposal;
        ProviderDeal.Source source = params.offline
                ? null
                : new Pull(http, List.of(new Pull.From(URI.create(params.transfer.url()), params.transfer.headers())));
        ProviderDeal.Terms terms = new ProviderDeal.Terms(
                params.uuid.toString(),
                Protocol.MK12,
                chain.keyOf(proposal.client()),
                provider,
                proposal.pieceCid(),
                proposal.pieceSize(),
                proposal.startEpoch(),
                proposal.duration(),
                resolved(proposal),
                proposal.signedCid(params.signature, HashFunction.BLAKE2B_256),
                0,
                params.transfer.size(),
                true);
        return counter.decide(
                new ProviderDeal(terms, Stage.TRANSFERRING, chain.head(), source), refusal(params, proposal));
    }

    /** The chain keeps accounts by key; a proposal may name the client by number. */
    private DealProposal resolved(DealProposal proposal) {
        return new DealProposal(
                proposal.pieceCid(),
                proposal.pieceSize(),
                proposal.verified(),
                chain.keyOf(proposal.client()),
                proposal.provider(),
                proposal.label(),
                proposal.startEpoch(),
                proposal.endEpoch(),
                proposal.pricePerEpoch(),
                proposal.providerCollateral(),
                proposal.clientCollateral());
    }

    private @Nullable String refusal(Mk12Params params, DealProposal proposal) {
        if (!TestKey.verifies(chain.keyOf(proposal.client()), params.proposalBytes, params.signature)) {
            return "validating signature: the proposal's signature is not that of " + proposal.client();
        }
        if (!proposal.provider().equals(provider)) {
            return "incorrect provider for deal; proposal.Provider: " + proposal.provider() + "; provider: " + provider;
        }
        if (!params.offline && !params.transfer.type().equals("http")) {
            return "transfer type " + params.transfer.type() + " is not supported";
        }
        String closed = counter.closed();
        if (closed != null) {
            return closed;
        }
        if (proposal.pieceCid().codec() != 0xf101) {
            return "proposal PieceCID had wrong prefix";
        }
        return counter.marketRefusal(proposal, chain::keyOf);
    }

    /** Tells how far a deal is. A wrong signature or an unknown deal is an answer too. */
    byte[] status(byte[] body) {
        Mk12Params.StatusRequest request = Mk12Params.readStatus(body);
        return chain.locked(() -> {
            ProviderDeal deal = desk.find(request.id());
            if (deal == null || deal.terms.protocol() != Protocol.MK12) {
                return answer("failed to get deal status: deal not found", request, null);
            }
            boolean owner = TestKey.verifies(deal.terms.client(), request.uuidBytes, request.signature);
            return owner
                    ? answer("", request, deal)
                    : answer("failed to verify signature over the deal's UUID", request, null);
        });
    }

    private static byte[] answer(String error, Mk12Params.StatusRequest request, @Nullable ProviderDeal deal) {
        CborOut out = new CborOut()
                .map(6)
                .text("Error")
                .text(error.isEmpty() ? "" : Words.simulated(error))
                .text("DealUUID")
                .bytes(request.uuidBytes)
                .text("IsOffline")
                .bool(deal != null && deal.source == null)
                .text("DealStatus");
        if (deal == null) {
            out.none();
        } else {
            out.raw(dealStatus(deal));
        }
        return out.text("TransferSize")
                .uint(deal == null ? 0 : deal.terms.payloadSize())
                .text("NBytesReceived")
                .uint(deal == null ? 0 : deal.received)
                .toBytes();
    }

    private static byte[] dealStatus(ProviderDeal deal) {
        CborOut out = new CborOut()
                .map(7)
                .text("Error")
                // What it tries again by itself is no error of the deal.
                .text(deal.stage.isOver() ? deal.message : "")
                .text("Status")
                .text(status(deal.stage))
                .text("Proposal")
                .raw(requireNonNull(deal.terms.proposal()).cbor())
                .text("PublishCid");
        if (deal.publish == null) {
            out.none();
        } else {
            out.link(deal.publish.cid());
        }
        return out.text("ChainDealID")
                .uint(deal.dealId)
                .text("SealingStatus")
                .text(sealing(deal.stage))
                .text("SignedProposalCid")
                .link(requireNonNull(deal.terms.signedCid()))
                .toBytes();
    }

    private static String status(Stage stage) {
        return switch (stage) {
            case FUNDING, TRANSFERRING, VERIFYING, ACCEPTED, PUBLISHING, MISSED, FAILED -> "Processing";
            case PUBLISHED, SEALING -> "Sealing";
            case INDEXING -> "Sealed";
            case ACTIVE, EXPIRED, SLASHED -> "Sealed and Indexed";
        };
    }

    private static String sealing(Stage stage) {
        return switch (stage) {
            case FUNDING, TRANSFERRING, VERIFYING, ACCEPTED, PUBLISHING, PUBLISHED, SEALING, MISSED, FAILED ->
                "Not assigned to sector";
            case INDEXING -> "Sealed";
            case ACTIVE, EXPIRED, SLASHED -> "Sealed and Indexed";
        };
    }

    /** The signed ask; null when it is asked for another provider. */
    byte @Nullable [] ask(byte[] body, TestKey worker) {
        Address miner = Mk12Params.readAsk(body);
        if (!miner.equals(provider)) {
            return null;
        }
        byte[] ask = chain.locked(this::encodedAsk);
        byte[] signature = Address.concat(new byte[] {TestKey.SECP256K1}, worker.sign(ask));
        return new CborOut()
                .map(1)
                .text("Ask")
                .map(2)
                .text("Ask")
                .raw(ask)
                .text("Signature")
                .bytes(signature)
                .toBytes();
    }

    private byte[] encodedAsk() {
        Ask ask = counter.ask();
        return new CborOut()
                .map(8)
                .text("Miner")
                .bytes(provider.bytes())
                .text("Price")
                .bigInt(ask.price())
                .text("SeqNo")
                .uint(counter.askNumber())
                .text("Expiry")
                .integer(chain.head() + 2_880)
                .text("Timestamp")
                .integer(chain.head())
                .text("MaxPieceSize")
                .uint(ask.maxPiece())
                .text("MinPieceSize")
                .uint(ask.minPiece())
                .text("VerifiedPrice")
                .bigInt(ask.verifiedPrice().max(BigInteger.ZERO))
                .toBytes();
    }
}
