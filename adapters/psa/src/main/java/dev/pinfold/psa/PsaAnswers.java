package dev.pinfold.psa;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.psa.HttpAsk.Purpose;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.ContentPath;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.PinListing.ListedPin;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Says what answers mean. No I/O. The rule that costs money when it is wrong: after a {@code POST} whose answer does not
 * prove that nothing happened, the outcome is unknown.
 *
 * <p>A 5xx proves nothing: proxies answer 502, 503 and 504 for requests that their backend has carried out. Taken as
 * "no effect" are only 501 and 505 (never understood), 507 (no room) and a 503 with {@code Retry-After}, which an
 * application writes on purpose. All of 4xx is taken at its word.
 */
final class PsaAnswers {
    /** With these a gateway refuses a CAR, or one as it was asked for; blocks are all that every gateway must serve. */
    private static final Set<Integer> CARS_NOT_SERVED = Set.of(400, 406, 415, 501);

    private final PsaSettings settings;
    private final PsaRequests requests;
    private final SafeWords words;
    private final PinStates states;
    private final InstantSource clock;

    PsaAnswers(PsaSettings settings, PsaRequests requests, SafeWords words, InstantSource clock) {
        this.settings = settings;
        this.requests = requests;
        this.words = words;
        this.states = new PinStates(words);
        this.clock = clock;
    }

    /** What the answer to an order says. */
    Sighting added(Order order, HttpAnswer answer) {
        if (!answer.success()) {
            throw new ProviderException(refusedOrder(order.key(), answer));
        }
        try {
            PinDoc pin = PinReader.pin(answer.body());
            if (!sameRoot(pin, order.cid())) {
                throw unknown(order.key(), "answered an order for " + order.cid() + " with the pin of", pin.cid());
            }
            return sighting(pin, List.of());
        } catch (PinReader.Malformed e) {
            throw unknown(order.key(), "took an order (status " + answer.status() + ") and answered", e.why());
        }
    }

    /** Whether the order was refused for its origins alone, so that it can be given again without them. */
    static boolean originsRefused(HttpAnswer answer) {
        return answer.status() == 400
                && PinReader.reason(answer).toUpperCase(Locale.ROOT).contains("ORIGINS");
    }

    /** What the answer to a look at one pin says. */
    Sighting seen(OrderRef ref, HttpAnswer answer) {
        if (answer.status() == 404 || answer.status() == 410) {
            return Sighting.of(new Observation.Absent(), null);
        }
        requireSuccess(Purpose.GET, answer);
        try {
            PinDoc pin = PinReader.pin(answer.body());
            if (!sameRoot(pin, ref.cid())) {
                String reason = words.say("shows another root under " + words.safe(pin.requestId()), pin.cid());
                return Sighting.of(new Observation.Unknown(reason), null);
            }
            return sighting(pin, List.of());
        } catch (PinReader.Malformed e) {
            throw violation("answered a look at a pin with", e.why());
        }
    }

    List<PinDoc> page(HttpAnswer answer) {
        requireSuccess(Purpose.LIST, answer);
        try {
            return PinReader.page(answer.body());
        } catch (PinReader.Malformed e) {
            throw violation("answered a list with", e.why());
        }
    }

    /** What a search says: the pin nearest to being stored, older ones first, and the rest as duplicates. */
    Sighting found(OrderRef ref, Collection<PinDoc> pins) {
        List<PinDoc> mine = new ArrayList<>(pins);
        if (mine.isEmpty()) {
            String reason =
                    words.say("lists no pin of order " + ref.key() + ", which does not prove that there is none", "");
            return Sighting.of(new Observation.Unknown(reason), null);
        }
        mine.sort(Comparator.comparingInt((PinDoc pin) -> rank(states.observation(pin)))
                .thenComparing(pin -> pin.created() == null ? "" : pin.created())
                .thenComparing(PinDoc::requestId));
        return sighting(
                mine.getFirst(), mine.stream().skip(1).map(PinDoc::requestId).toList());
    }

    ListedPin listed(PinDoc pin) {
        return new ListedPin(pin.requestId(), words.safe(pin.cid()), requests.orderKey(pin), states.observation(pin));
    }

    /** Accepts that a pin is gone: done now, or never there. */
    void removed(HttpAnswer answer) {
        if (answer.status() != 404 && answer.status() != 410) {
            requireSuccess(Purpose.DELETE, answer);
        }
    }

    /** An old gateway that serves the file whatever is asked does not lie: where its bytes are the block's they will do. */
    byte[] block(Cid cid, HttpAnswer answer) {
        byte[] body = answer.body();
        boolean plain = !type(answer).startsWith("application/vnd.ipld.raw");
        boolean checkable = cid.multihash().function() != null;
        if (plain && checkable && answer.success() && cid.multihash().verifies(body)) {
            return body;
        }
        requireContent(Purpose.BLOCK, cid, answer);
        if (plain && checkable) {
            throw violation("answered the fetching of a block with the type", type(answer));
        }
        return body;
    }

    private static String type(HttpAnswer answer) {
        return answer.header("Content-Type").toLowerCase(Locale.ROOT);
    }

    /** Accepts that content follows; a page of HTML is not content, nor is a file where a block or a CAR was asked for. */
    void requireContent(Purpose purpose, Cid cid, HttpAnswer answer) {
        requireContent(purpose, cid, "", answer);
    }

    /**
     * The same for what was asked for by a path.
     *
     * @param path names below the CID, not percent-encoded
     */
    void requireContent(Purpose purpose, Cid cid, String path, HttpAnswer answer) {
        int status = answer.status();
        if (filesOnly(cid, path, answer)) {
            Capability lacking = purpose == Purpose.CAR ? Capability.RETRIEVE_CAR : Capability.RETRIEVE_RAW;
            throw new ProviderException(new Failure.Unsupported(
                    lacking, words.say(purpose.words + " was answered with the file: it ignores format=", "")));
        }
        if (status == 404 || status == 410) {
            throw new ProviderException(new Failure.NotFound(words.say("does not have " + cid, "")));
        }
        if (purpose == Purpose.CAR && CARS_NOT_SERVED.contains(status)) {
            throw new ProviderException(new Failure.Unsupported(
                    Capability.RETRIEVE_CAR,
                    words.say("answered " + purpose.words + " with status " + status, PinReader.reason(answer))));
        }
        requireSuccess(purpose, answer);
        if (type(answer).startsWith("text/html")) {
            throw violation(purpose.words + " was answered with a page of HTML", "");
        }
        if (purpose == Purpose.CAR && !type(answer).startsWith("application/vnd.ipld.car")) {
            throw violation(purpose.words + " was answered with the type", type(answer));
        }
    }

    /**
     * Whether a path gateway speaks that ignores {@code format=}: it names the content that it serves as a file
     * ({@code X-Ipfs-Path}, IPFS Path Gateway), or sends to the listing of the directory. That says nothing against its copy.
     */
    private static boolean filesOnly(Cid cid, String path, HttpAnswer answer) {
        String encoded = "/ipfs/" + cid + ContentPath.inUrl(path);
        String plain = path.isEmpty() ? encoded : "/ipfs/" + cid + "/" + path;
        String named = answer.header("X-Ipfs-Path");
        String location = answer.header("Location");
        return answer.success()
                ? (named.equals(encoded) || named.equals(plain))
                        && !type(answer).startsWith("application/vnd.ipld.")
                : answer.status() == 301 && (location.endsWith(encoded + "/") || location.contains(encoded + "/?"));
    }

    private void requireSuccess(Purpose purpose, HttpAnswer answer) {
        if (!answer.success()) {
            throw new ProviderException(failure(purpose, answer));
        }
    }

    private Failure refusedOrder(String key, HttpAnswer answer) {
        int status = answer.status();
        boolean noEffect = status < 500
                || status == 501
                || status == 505
                || status == 507
                || (status == 503 && !answer.header("Retry-After").isEmpty());
        if (noEffect) {
            return failure(Purpose.ADD, answer);
        }
        return new Failure.OutcomeUnknown(
                key, words.say("answered an order with status " + status, PinReader.reason(answer)));
    }

    /** What a status other than 2xx means where the request had no effect, or none that matters. */
    private Failure failure(Purpose purpose, HttpAnswer answer) {
        int status = answer.status();
        String detail = words.say("answered " + purpose.words + " with status " + status, PinReader.reason(answer));
        if (status >= 300 && status < 400) {
            // The token must not follow to another host, and an address inside our network must not be reached.
            return new Failure.ProtocolViolation(words.say(
                    "redirects, which is not followed; set the endpoint it points to", answer.header("Location")));
        }
        return switch (status) {
            case 401, 403 -> new Failure.Unauthorized(detail);
            case 402, 507 -> new Failure.QuotaExceeded(detail);
            case 404 -> new Failure.ProtocolViolation(detail + " (is the endpoint right?)");
            case 408, 425 -> new Failure.Unavailable(detail);
            case 409 -> funds(answer, detail);
            case 429 -> new Failure.RateLimited(RetryTimes.read(answer, clock.instant()), detail);
            default ->
                status >= 500
                        ? new Failure.Unavailable(detail)
                        : status >= 400 ? new Failure.Rejected(detail) : new Failure.ProtocolViolation(detail);
        };
    }

    private static Failure funds(HttpAnswer answer, String detail) {
        return PinReader.reason(answer).toUpperCase(Locale.ROOT).contains("FUNDS")
                ? new Failure.QuotaExceeded(detail)
                : new Failure.Rejected(detail);
    }

    private Sighting sighting(PinDoc pin, List<String> duplicates) {
        List<String> delegates = settings.delegates() ? pin.delegates() : List.of();
        return new Sighting(states.observation(pin), pin.requestId(), duplicates, delegates);
    }

    private ProviderException unknown(String key, String what, String said) {
        return new ProviderException(new Failure.OutcomeUnknown(key, words.say(what, said)));
    }

    private ProviderException violation(String what, String said) {
        return new ProviderException(new Failure.ProtocolViolation(words.say(what, said)));
    }

    private static boolean sameRoot(PinDoc pin, Cid cid) {
        try {
            return Cid.parse(pin.cid()).canonical().equals(cid.canonical());
        } catch (ContentException e) {
            return false;
        }
    }

    private static int rank(Observation observation) {
        return switch (observation) {
            case Observation.Stored stored -> 0;
            case Observation.InProgress progress -> 1;
            case Observation.Queued queued -> 2;
            case Observation.Unknown unknown -> 3;
            case Observation.Failed failed -> 4;
            case Observation.Absent absent -> 5;
        };
    }

    /** Keeps the pins that carry an order's key, once each. */
    void collect(OrderRef ref, List<PinDoc> page, Map<String, PinDoc> into) {
        for (PinDoc pin : page) {
            if (ref.key().equals(requests.orderKey(pin)) && sameRoot(pin, ref.cid())) {
                into.putIfAbsent(pin.requestId(), pin);
            }
        }
    }
}
