package dev.pinfold.filecoin;

import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.HttpCall;
import dev.pinfold.http.SafeWords;
import dev.pinfold.http.Wire;
import dev.pinfold.http.WireException;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.net.URI;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a storage provider's Curio: CBOR to mk12, signed JSON to mk20.
 *
 * <p>A {@code GET} with a body is sent as it is (mk12 asks for it), and the type of an answer is not looked at: Curio sets it
 * too late. Which of the two CurioAuth schemes a provider takes is found out by a 401 and remembered.
 */
final class CurioHttp {
    private static final long MOST_ANSWER = 4 << 20;

    private final LotusNode node;
    private final SafeWords words;
    private final Wire wire;
    private final InstantSource clock;
    private final Map<String, CurioAuth.Scheme> schemes = new ConcurrentHashMap<>();

    CurioHttp(LotusNode node, SafeWords words, Wire wire, InstantSource clock) {
        this.node = node;
        this.words = words;
        this.wire = wire;
        this.clock = clock;
    }

    /** An mk12 request. */
    HttpAnswer mk12(URI base, String method, String route, byte[] cbor, Deadline deadline) throws WireException {
        URI uri = URI.create(base + "/market/mk12/" + route);
        return wire.send(
                HttpCall.with(method, uri, Map.of("Content-Type", "application/cbor"), cbor, MOST_ANSWER), deadline);
    }

    /**
     * An mk20 request, signed by the client. A 401 was refused without effect, so the request is signed in the other way and
     * sent again: first anew in the same scheme, as the minute or hour may just have changed, then in the other scheme.
     */
    HttpAnswer mk20(URI base, String client, String method, String route, byte @Nullable [] json, Deadline deadline)
            throws WireException {
        URI uri = URI.create(base + "/market/mk20/" + route);
        String host = base.toString();
        CurioAuth.Scheme first = schemes.getOrDefault(host, CurioAuth.Scheme.REQUEST);
        HttpAnswer answer = signed(first, uri, client, method, json, deadline);
        if (answer.status() == 401 && schemes.containsKey(host)) {
            answer = signed(first, uri, client, method, json, deadline);
        }
        if (answer.status() == 401) {
            HttpAnswer other = signed(first.other(), uri, client, method, json, deadline);
            if (other.status() != 401) {
                schemes.put(host, first.other());
                return other;
            }
        } else {
            schemes.put(host, first);
        }
        return answer;
    }

    private HttpAnswer signed(
            CurioAuth.Scheme scheme, URI uri, String client, String method, byte @Nullable [] json, Deadline deadline)
            throws WireException {
        Address address = Address.parse(client);
        Map<String, String> headers = new LinkedHashMap<>();
        // The older scheme writes the hour with the zone of the server, which cannot be known: servers are on UTC.
        byte[] digest = CurioAuth.digest(scheme, address, method, uri, clock.instant(), ZoneOffset.UTC);
        headers.put("Authorization", CurioAuth.header(address, node.sign(client, digest, deadline)));
        if (json != null) {
            headers.put("Content-Type", "application/json");
            return wire.send(HttpCall.with(method, uri, headers, json, MOST_ANSWER), deadline);
        }
        return wire.send(HttpCall.bare(method, uri, headers, MOST_ANSWER), deadline);
    }

    /** What a look without an answer means: it can be repeated. */
    ProviderException silent(String provider, WireException e) {
        String what = words.say("storage provider " + provider + " did not answer (" + e.what() + ")", "");
        Failure failure = e.reach() == WireException.Reach.ANSWER_TOO_LONG
                ? new Failure.ProtocolViolation(what)
                : new Failure.Unavailable(what);
        return new ProviderException(failure, e);
    }

    /** What an HTTP status other than success means for a request that changes nothing. */
    ProviderException refused(String provider, HttpAnswer answer) {
        String what =
                words.say("storage provider " + provider + " answered with HTTP " + answer.status(), answer.text());
        Failure failure = switch (answer.status()) {
            case 401, 403 -> new Failure.Unauthorized(what);
            case 404 -> new Failure.NotFound(what);
            case 429 -> new Failure.RateLimited(null, what);
            case 500, 502, 503, 504 -> new Failure.Unavailable(what);
            default -> new Failure.ProtocolViolation(what);
        };
        return new ProviderException(failure);
    }
}
