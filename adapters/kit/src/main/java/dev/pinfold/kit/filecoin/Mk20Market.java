package dev.pinfold.kit.filecoin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The deals that come as JSON: Curio's market 2.0, as far as it stores (ddo_v1) and serves (retrieval_v1). */
final class Mk20Market {
    private static final long TWO_DAYS = 5_760;
    private static final long MIN_DURATION = 518_400;

    private final SimulatedChain chain;
    private final Address provider;
    private final DealDesk desk;
    private final Counter counter;
    private final HttpClient http;
    private volatile boolean privateHosts = true;

    Mk20Market(SimulatedChain chain, Address provider, DealDesk desk, Counter counter, HttpClient http) {
        this.chain = chain;
        this.provider = provider;
        this.desk = desk;
        this.counter = counter;
        this.http = http;
    }

    /** Whether it fetches from private and loopback addresses; a real one must be told to. */
    void privateHosts(boolean allowed) {
        privateHosts = allowed;
    }

    Verdict deal(String body, Address client) {
        try {
            Mk20Deal deal = Mk20Deal.read(new JsonObject(body));
            if (!deal.client().equals(client.toString())) {
                return new Verdict(401, "the deal's client " + deal.client() + " is not who signed the request");
            }
            for (Mk20Deal.Link link : deal.links()) {
                if (!privateHosts && isPrivate(link)) {
                    return new Verdict(430, "the URL's host " + link.url().getHost() + " is not allowed");
                }
            }
            return chain.locked(() -> propose(deal, client));
        } catch (Mk20Deal.Refused e) {
            return e.verdict;
        } catch (DecodeException | WireException | ClassCastException e) {
            return new Verdict(400, "the deal cannot be read: " + e.getMessage());
        }
    }

    private static boolean isPrivate(Mk20Deal.Link link) {
        try {
            InetAddress address = InetAddress.getByName(link.url().getHost());
            return address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Verdict propose(Mk20Deal deal, Address client) {
        Allocation allocation = chain.state().allocations().get(deal.allocation());
        long start = deal.startEpoch() == null ? chain.head() + TWO_DAYS : deal.startEpoch();
        long duration = deal.allocation() == 0 || allocation == null
                ? deal.duration()
                : Math.max(deal.duration(), allocation.termMin());
        ProviderDeal.Terms terms = new ProviderDeal.Terms(
                deal.id(),
                Protocol.MK20,
                client,
                provider,
                deal.piece().cidV1(),
                deal.piece().size().padded(),
                start,
                duration,
                null,
                null,
                deal.allocation(),
                deal.piece().payload(),
                deal.car());
        ProviderDeal taken = new ProviderDeal(terms, Stage.TRANSFERRING, chain.head(), source(deal));
        taken.awaitsUpload = deal.source() == Mk20Deal.SourceKind.PUT;
        Verdict refusal = refusal(deal, allocation, client, start);
        String decided = counter.decide(taken, refusal == null ? null : refusal.reason());
        return decided == null ? Verdict.OK : new Verdict(refusal == null ? 400 : refusal.status(), decided);
    }

    private @Nullable Verdict refusal(Mk20Deal deal, @Nullable Allocation allocation, Address client, long start) {
        if (!deal.provider().equals(provider.toString())) {
            return new Verdict(425, "provider " + deal.provider() + " is not " + provider);
        }
        if (!deal.marketAddress().isEmpty()) {
            return new Verdict(440, "market contract " + deal.marketAddress() + " is not enabled");
        }
        if (deal.allocation() == 0 && deal.duration() < MIN_DURATION) {
            return new Verdict(441, "duration must be at least " + MIN_DURATION);
        }
        if (start < chain.head() + 200) {
            return new Verdict(425, "start epoch " + start + " is too soon: head is " + chain.head());
        }
        String mismatch = deal.allocation() == 0 ? null : mismatch(deal, allocation, client);
        if (mismatch != null) {
            return new Verdict(425, mismatch);
        }
        String closed = counter.closed();
        if (closed != null) {
            return new Verdict(426, closed);
        }
        List<String> wrong = new ArrayList<>();
        counter.sizes(wrong, deal.piece().size().padded());
        return wrong.isEmpty() ? null : new Verdict(426, wrong.getFirst());
    }

    private @Nullable String mismatch(Mk20Deal deal, @Nullable Allocation allocation, Address client) {
        if (allocation == null) {
            return "allocation " + deal.allocation() + " was not found on chain";
        }
        boolean same = allocation.client() == chain.idOf(client).number()
                && allocation.provider() == provider.number()
                && allocation.data().equals(deal.piece().cidV1())
                && allocation.size() == deal.piece().size().padded();
        if (!same) {
            return "allocation " + deal.allocation() + " is for another client, provider, piece or size";
        }
        if (deal.piece().size().padded() < 1 << 20) {
            return "a piece with an allocation has at least 1 MiB";
        }
        boolean fits = deal.duration() == 0
                || (deal.duration() >= allocation.termMin() && deal.duration() <= allocation.termMax());
        return fits ? null : "duration " + deal.duration() + " is not within the allocation's terms";
    }

    private ProviderDeal.@Nullable Source source(Mk20Deal deal) {
        if (deal.source() != Mk20Deal.SourceKind.HTTP) {
            return null;
        }
        return new Pull(
                http,
                deal.links().stream()
                        .map(link -> new Pull.From(link.url(), link.headers()))
                        .toList());
    }

    /** The client's own deal, or null. */
    @Nullable
    ProviderDeal find(String id, Address client) {
        return chain.locked(() -> {
            ProviderDeal deal = desk.find(id);
            return deal != null
                            && deal.terms.protocol() == Protocol.MK20
                            && deal.terms.client().equals(client)
                    ? deal
                    : null;
        });
    }

    JsonObject status(ProviderDeal deal) {
        return chain.locked(() -> new JsonObject()
                .put("ddo_v1", new JsonObject().put("status", state(deal)).put("errorMsg", deal.message)));
    }

    private static String state(ProviderDeal deal) {
        return switch (deal.stage) {
            case FUNDING, TRANSFERRING ->
                deal.source != null ? "processing" : deal.awaitsUpload && deal.received > 0 ? "uploading" : "accepted";
            case VERIFYING, ACCEPTED, PUBLISHING, PUBLISHED -> "processing";
            case SEALING -> "sealing";
            case INDEXING -> "indexing";
            case ACTIVE, EXPIRED -> "complete";
            case SLASHED, MISSED, FAILED -> "failed";
        };
    }

    /** Whether the client may push this deal's data now. */
    boolean awaitsUpload(ProviderDeal deal) {
        return chain.locked(() -> deal.awaitsUpload && deal.stage == Stage.TRANSFERRING && deal.source == null);
    }

    void received(ProviderDeal deal, long bytes) {
        chain.run(() -> {
            deal.received = bytes;
        });
    }

    /** The pushed data is complete: it is checked as any other. */
    void uploaded(ProviderDeal deal, Path file) {
        chain.run(() -> desk.bring(deal, (target, progress) -> {
            Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
            progress.received(Files.size(target));
        }));
    }
}
