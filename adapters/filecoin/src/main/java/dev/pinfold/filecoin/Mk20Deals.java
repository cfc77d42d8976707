package dev.pinfold.filecoin;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pinfold.filecoin.ChainView.Now;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.WireException;
import dev.pinfold.http.WireException.Reach;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.DealIds;
import dev.pinfold.spi.deal.DealObservation;
import dev.pinfold.spi.deal.DealObservation.Proof;
import dev.pinfold.spi.deal.DealOrder;
import dev.pinfold.spi.deal.DealRef;
import dev.pinfold.spi.deal.DealSighting;
import dev.pinfold.spi.deal.DealTrouble;
import dev.pinfold.spi.deal.Preparation;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Deals by Curio's market 2.0: the order goes as JSON under its ULID, which the storage provider takes once. With DataCap the
 * chain proves by a claim that the piece is stored; without, only the storage provider says so.
 */
final class Mk20Deals implements DealRoad {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SafeWords words;
    private final ChainView chain;
    private final CurioHttp curio;
    private final StorageProviders providers;
    private final Allocations allocations;

    Mk20Deals(SafeWords words, ChainView chain, CurioHttp curio, StorageProviders providers, Allocations allocations) {
        this.words = words;
        this.chain = chain;
        this.curio = curio;
        this.providers = providers;
        this.allocations = allocations;
    }

    @Override
    public Preparation prepare(DealOrder order, DealIds ids, CarSource car, AttoFil promised, Deadline deadline) {
        if (!order.terms().pricePerEpoch().isZero()) {
            throw new ProviderException(new Failure.InvalidOrder(
                    "market 2.0 pays nothing without a payment contract: the price must be zero"));
        }
        return order.terms().verified() ? allocations.prepare(order, ids, deadline) : new Preparation.Ready(ids);
    }

    @Override
    public DealSighting propose(DealOrder order, DealIds ids, Deadline deadline) {
        if (order.terms().verified() && ids.allocationId().isEmpty()) {
            throw new ProviderException(
                    new Failure.InvalidOrder("a verified deal of market 2.0 needs its allocation: prepare it first"));
        }
        URI market = providers.market(order.provider(), deadline);
        Now now = chain.now(deadline);
        byte[] body = Mk20Wire.deal(order, ids).toString().getBytes(StandardCharsets.UTF_8);
        HttpAnswer answer;
        try {
            answer = curio.mk20(market, order.client(), "POST", "deal", body, deadline);
        } catch (WireException e) {
            if (e.reach() == Reach.NOT_SENT) {
                throw curio.silent(order.provider(), e);
            }
            throw unknown(order, "did not answer a proposal (" + e.what() + ")");
        }
        DealObservation seen = verdict(order, answer);
        return DealSighting.of(seen, ids, now.head().height());
    }

    /** The HTTP status is the verdict; Curio has statuses of its own. */
    private DealObservation verdict(DealOrder order, HttpAnswer answer) {
        String reason = words.safe(answer.text());
        return switch (answer.status()) {
            case 200 -> new DealObservation.Accepted(reason);
            case 422, 423, 424, 440 -> new DealObservation.Failed(DealTrouble.NOT_ACCEPTING, said(answer, reason));
            case 441 -> new DealObservation.Failed(DealTrouble.START, said(answer, reason));
            case 430 -> new DealObservation.Failed(DealTrouble.DATA, said(answer, reason));
            case 400, 404, 425, 426 -> new DealObservation.Failed(Rejections.read(answer.text()), said(answer, reason));
            case 429 ->
                throw new ProviderException(new Failure.RateLimited(
                        null, words.say("storage provider " + order.provider() + " is overloaded", answer.text())));
            case 401 -> throw curio.refused(order.provider(), answer);
            default -> throw unknown(order, "answered a proposal with HTTP " + answer.status() + " " + reason);
        };
    }

    private static String said(HttpAnswer answer, String reason) {
        return "HTTP " + answer.status() + (reason.isEmpty() ? "" : ": " + reason);
    }

    private ProviderException unknown(DealOrder order, String what) {
        return new ProviderException(new Failure.OutcomeUnknown(
                order.key(), words.say("storage provider " + order.provider() + " " + what, "")));
    }

    /** The chain is asked first: a claim outlives a storage provider that answers no more. */
    @Override
    public DealSighting observe(DealRef ref, Deadline deadline) {
        Now now = chain.now(deadline);
        DealObservation onChain = allocations.observe(ref, now, deadline);
        DealObservation seen = onChain != null ? onChain : ask(ref, now, deadline);
        return DealSighting.of(seen, ref.ids(), now.head().height());
    }

    private DealObservation ask(DealRef ref, Now now, Deadline deadline) {
        DealOrder order = ref.order();
        HttpAnswer answer;
        try {
            URI market = providers.market(order.provider(), deadline);
            answer = curio.mk20(market, order.client(), "GET", "status/" + order.ulid(), null, deadline);
        } catch (WireException e) {
            return new DealObservation.Unknown(
                    curio.silent(order.provider(), e).failure().detail());
        }
        if (answer.status() == 404) {
            return new DealObservation.Absent();
        }
        if (answer.status() != 200) {
            return new DealObservation.Unknown(
                    curio.refused(order.provider(), answer).failure().detail());
        }
        JsonNode product = parse(answer).path("ddo_v1");
        String error = product.path("errorMsg").asText("");
        return state(ref, product.path("status").asText(""), error, now);
    }

    private DealObservation state(DealRef ref, String status, String error, Now now) {
        DealOrder order = ref.order();
        boolean proven = order.terms().verified();
        return switch (status) {
            case "failed" -> new DealObservation.Failed(Rejections.read(error), words.safe(error));
            case "uploading" -> new DealObservation.Transferring(OptionalLong.empty(), status);
            case "accepted", "processing" -> new DealObservation.Accepted(status);
            case "sealing" -> new DealObservation.Published(OptionalLong.empty(), status);
            case "indexing", "complete" ->
                proven
                        ? new DealObservation.Published(OptionalLong.empty(), "sealed, waits for its claim on chain")
                        : byWord(order, now);
            default -> new DealObservation.Unknown(words.say("knows no such state of a deal", status));
        };
    }

    /** Nothing on chain tells when it began: it is taken from the order. */
    private static DealObservation byWord(DealOrder order, Now now) {
        return now.confirmed().height().isAfter(order.terms().end())
                ? new DealObservation.Expired(order.terms().end())
                : new DealObservation.Active(
                        OptionalLong.empty(),
                        order.terms().start(),
                        order.terms().end(),
                        OptionalLong.empty(),
                        Proof.PROVIDER_SAYS);
    }

    private JsonNode parse(HttpAnswer answer) {
        try {
            @Nullable JsonNode document = JSON.readTree(answer.body());
            if (document != null) {
                return document;
            }
        } catch (JacksonException e) {
            // Said below.
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can always be read", e);
        }
        throw new ProviderException(
                new Failure.ProtocolViolation(words.say("storage provider gives a status that is no JSON", "")));
    }

    /** The storage provider keeps the deal; nothing else is held for it. */
    @Override
    public void release(DealRef ref, Deadline deadline) {}
}
