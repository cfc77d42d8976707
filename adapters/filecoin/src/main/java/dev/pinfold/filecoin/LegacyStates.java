package dev.pinfold.filecoin;

import dev.pinfold.http.SafeWords;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealTrouble;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the states of a legacy node's deals mean. They are numbers whose meaning has changed over time, so the node itself is
 * asked for the name of each. Source: go-fil-markets, {@code StorageDealStatus}.
 */
final class LegacyStates {
    private final SafeWords words;
    private final LotusNode node;
    private final Map<Integer, String> names = new ConcurrentHashMap<>();

    LegacyStates(SafeWords words, LotusNode node) {
        this.words = words;
        this.node = node;
    }

    /** The node's name for a state, without {@code StorageDeal} before it. */
    String name(int state, Deadline deadline) {
        String known = names.get(state);
        if (known != null) {
            return known;
        }
        String name = node.rpc().get("ClientGetDealStatus", deadline, state).asText("");
        String bare = name.startsWith("StorageDeal") ? name.substring("StorageDeal".length()) : name;
        names.put(state, bare);
        return bare;
    }

    /** The meaning of a deal that has no number on the chain yet. */
    DealObservation meaning(String name, String message) {
        String detail = words.safe(message.isEmpty() ? name : name + ": " + message);
        return switch (name) {
            case "Unknown",
                    "ReserveClientFunds",
                    "EnsureClientFunds",
                    "ClientFunding",
                    "FundsReserved",
                    "FundsEnsured",
                    "AcceptWait" -> new DealObservation.Proposed(detail);
            case "StartDataTransfer",
                    "Transferring",
                    "TransferQueued",
                    "ClientTransferRestart",
                    "ProviderTransferAwaitRestart" -> new DealObservation.Transferring(OptionalLong.empty(), detail);
            case "CheckForAcceptance",
                    "ProposalAccepted",
                    "Staged",
                    "Validating",
                    "WaitingForData",
                    "VerifyData",
                    "ReserveProviderFunds",
                    "EnsureProviderFunds",
                    "ProviderFunding" -> new DealObservation.Accepted(detail);
            case "Publish", "Publishing", "AwaitingPreCommit", "Sealing", "Finalizing", "Active" ->
                new DealObservation.Published(OptionalLong.empty(), detail);
            case "Failing", "Error", "ProposalRejected", "Rejecting", "ProposalNotFound" ->
                new DealObservation.Failed(Rejections.read(message), detail);
            case "Expired" -> new DealObservation.Failed(DealTrouble.OTHER, detail);
            case "Slashed" -> new DealObservation.Failed(DealTrouble.OTHER, detail);
            default -> new DealObservation.Unknown(words.say("has a state of deals that is not known here", name));
        };
    }
}
