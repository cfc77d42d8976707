package dev.pinfold.broker.cold;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.Epoch;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A deal as it is told to people and programs: what was ordered, and what is known of it. What is not known is left out. */
public final class DealDocument {
    private DealDocument() {}

    /** The document. Amounts are decimal texts in the smallest unit of the network's coin, and in coins for people. */
    public static ObjectNode of(Deal deal, Optional<Networks.Network> network) {
        DealOrder order = deal.order();
        Checkpoint at = deal.checkpoint();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", deal.id().toString())
                .put("state", deal.state().word());
        network.ifPresent(where -> json.put("network", where.name()).put("simulated", where.simulated()));
        json.put("provider", order.provider())
                .put("maker", deal.intent().maker())
                .put("mode", order.mode().label())
                .put("client", order.client())
                .put("piece", deal.intent().piece())
                .put("pieceCid", order.piece().pieceCid().toString())
                .put("pieceCidV2", deal.pieceCid().toString())
                .put("paddedBytes", order.piece().size().padded())
                .put("copy", deal.intent().slot() + 1)
                .put("reason", deal.intent().reason().word());
        put(json, "replaces", deal.intent().replaces());
        ids(json, at.ids());
        json.put("startEpoch", order.terms().start().height())
                .put("endEpoch", order.terms().end().height());
        epoch(json, "activeSince", at.activeSince());
        epoch(json, "activeUntil", at.activeUntil());
        at.sector().ifPresent(sector -> json.put("sector", sector));
        put(json, "proof", at.proof() == null ? null : word(at.proof()));
        epoch(json, "seenEpoch", at.asOf());
        time(json, "seenAt", deal.seenAt());
        AttoFil total = order.terms().total();
        json.put("pricePerEpoch", order.terms().pricePerEpoch().toString())
                .put("total", total.toString())
                .put(
                        "totalInCoins",
                        total.inCoins(network.map(Networks.Network::coin).orElse("FIL")))
                .put("verified", order.terms().verified());
        put(json, "trouble", at.trouble() == null ? null : word(at.trouble()));
        put(json, "detail", at.detail());
        time(json, "orderedAt", deal.ordered());
        time(json, "since", deal.since());
        return json;
    }

    private static void ids(ObjectNode json, DealIds ids) {
        ids.dealId().ifPresent(id -> json.put("dealId", id));
        ids.allocationId().ifPresent(id -> json.put("allocationId", id));
        put(json, "proposalCid", ids.proposalCid());
        put(json, "publishMessage", ids.publishMessage());
        put(json, "dealPiece", ids.dealPiece());
    }

    private static void put(ObjectNode json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }

    private static void epoch(ObjectNode json, String name, @Nullable Epoch epoch) {
        if (epoch != null) {
            json.put(name, epoch.height());
        }
    }

    private static void time(ObjectNode json, String name, @Nullable Instant time) {
        if (time != null) {
            json.put(name, time.truncatedTo(ChronoUnit.MILLIS).toString());
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
