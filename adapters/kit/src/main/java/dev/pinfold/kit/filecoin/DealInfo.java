package dev.pinfold.kit.filecoin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/** How an old node shows a deal of its own: numbers for states, a reason in one text. Source: filecoin.md section 3.3. */
final class DealInfo {
    private static final List<String> STATES = List.of(
            "StorageDealUnknown",
            "StorageDealProposalNotFound",
            "StorageDealProposalRejected",
            "StorageDealProposalAccepted",
            "StorageDealStaged",
            "StorageDealSealing",
            "StorageDealFinalizing",
            "StorageDealActive",
            "StorageDealExpired",
            "StorageDealSlashed",
            "StorageDealRejecting",
            "StorageDealFailing",
            "StorageDealFundsReserved",
            "StorageDealCheckForAcceptance",
            "StorageDealValidating",
            "StorageDealAcceptWait",
            "StorageDealStartDataTransfer",
            "StorageDealTransferring",
            "StorageDealWaitingForData",
            "StorageDealVerifyData",
            "StorageDealReserveProviderFunds",
            "StorageDealReserveClientFunds",
            "StorageDealProviderFunding",
            "StorageDealClientFunding",
            "StorageDealPublish",
            "StorageDealPublishing",
            "StorageDealError",
            "StorageDealProviderTransferAwaitRestart",
            "StorageDealClientTransferRestart",
            "StorageDealAwaitingPreCommit",
            "StorageDealTransferQueued");

    private DealInfo() {}

    static String name(LotusAge age, long code) {
        int known = age == LotusAge.V1_27 ? 31 : 30;
        if (code < 0 || code >= known) {
            throw RpcError.failed("no such deal state " + code);
        }
        return STATES.get((int) code);
    }

    static int state(LotusAge age, LegacyDeals.LegacyDeal deal) {
        return switch (deal.deal().stage) {
            case FUNDING -> 23;
            case TRANSFERRING -> deal.manual() ? 13 : age == LotusAge.V1_27 && !deal.deal().moving ? 30 : 17;
            case VERIFYING -> 13;
            case ACCEPTED, PUBLISHING -> 3;
            case PUBLISHED -> 29;
            case SEALING -> 5;
            case INDEXING, ACTIVE -> 7;
            case EXPIRED -> 8;
            case SLASHED -> 9;
            case MISSED, FAILED -> 26;
        };
    }

    static JsonObject json(LotusAge age, LegacyDeals.LegacyDeal deal) {
        DealProposal proposal = deal.proposal();
        JsonObject json = new JsonObject()
                .put("ProposalCid", Json.cid(deal.proposalCid()))
                .put("State", state(age, deal))
                .put("Message", deal.deal().message);
        if (age != LotusAge.V1_5) {
            json.put("DealStages", new JsonObject().put("Stages", new JsonArray()));
        }
        return json.put("Provider", proposal.provider().toString())
                .put("DataRef", dataRef(deal))
                .put("PieceCID", Json.cid(proposal.pieceCid()))
                .put("Size", proposal.pieceSize() / 128 * 127)
                .put("PricePerEpoch", proposal.pricePerEpoch().toString())
                .put("Duration", proposal.duration())
                .put("DealID", deal.deal().dealId)
                .put("CreationTime", time(deal.created()))
                .put("Verified", proposal.verified())
                .putNull("TransferChannelID")
                .putNull("DataTransfer");
    }

    private static JsonObject dataRef(LegacyDeals.LegacyDeal deal) {
        JsonObject data = deal.data();
        return new JsonObject()
                .put("TransferType", data.getString("TransferType", "graphsync"))
                .put("Root", data.getValue("Root"))
                .put("PieceCid", data.getValue("PieceCid"))
                .put("PieceSize", data.getValue("PieceSize") == null ? 0 : data.getValue("PieceSize"))
                .put("RawBlockSize", 0);
    }

    /** Chain time, so that a run can be repeated. */
    private static String time(long epoch) {
        return Instant.ofEpochSecond(1_598_306_400L + epoch * TipSets.EPOCH_SECONDS)
                .toString();
    }
}
