package dev.pinfold.conformance.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.http.RunAborted;
import dev.pinfold.conformance.http.Wire;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Pinning Service API as one account sees it. Whatever goes through here that could make a pin is written to the
 * ledger first; nothing else in the suite sends requests to the endpoint.
 */
public final class Psa {
    /** Answers that speak about the account and not about the request: no check can be judged after one of these. */
    private static final Set<Integer> ACCOUNT_CANNOT_PIN = Set.of(402, 403, 409);

    private final Session session;
    private final Wire wire;
    private final @Nullable String token;
    private final Ledger.Account account;
    private final Consumer<Exchange> recorder;

    Psa(Session session, Wire wire, @Nullable String token, Ledger.Account account, Consumer<Exchange> recorder) {
        this.session = session;
        this.wire = wire;
        this.token = token;
        this.account = account;
        this.recorder = recorder;
    }

    public Exchange add(JsonNode body) {
        return send(Ask.of("POST", "/pins").json(Json.compact(body)));
    }

    public Exchange get(String id) {
        return send(Ask.of("GET", path(id)));
    }

    /** Replaces a pin; refused by the suite itself for an id that it neither made nor made up. */
    public Exchange replace(String id, JsonNode body) {
        requireNotForeign(id);
        return send(Ask.of("POST", path(id)).json(Json.compact(body)));
    }

    /** Deletes a pin; refused by the suite itself for an id that it neither made nor made up. */
    public Exchange delete(String id) {
        requireNotForeign(id);
        return send(Ask.of("DELETE", path(id)));
    }

    public Exchange list(Query query) {
        return send(Ask.of("GET", "/pins" + query.encoded()));
    }

    /** Sends any request with this account's token, unless the request brings its own Authorization header. */
    public Exchange send(Ask ask) {
        return record(ask, wire.send(announced(ask)));
    }

    /** As {@link #send}, but an answer 429 is given back instead of waited out. */
    public Exchange sendOnce(Ask ask) {
        return record(ask, wire.sendOnce(announced(ask)));
    }

    /** Makes a pin that a check needs, or explains with the evidence why it could not. */
    public Pinned pin(Want want) {
        Exchange exchange = add(want.json());
        if (!exchange.success() && want.cid().equals(session.freshCid(want)) && exchange.status() < 500) {
            // An endpoint that takes no inline CIDs is still judged, with CIDs that it cannot finish.
            Pinned hashed = pin(want.cid(session.hashedCid()));
            session.useHashedCids();
            return hashed;
        }
        if (ACCOUNT_CANNOT_PIN.contains(exchange.status())) {
            throw new RunAborted("this account cannot make pins (status " + exchange.status() + ": " + reason(exchange)
                    + "); give a token whose account may");
        }
        Optional<String> id = requestId(exchange);
        if (!exchange.success() || id.isEmpty()) {
            throw new CannotPin(
                    exchange,
                    "POST /pins of an ordinary pin answers 202 with a requestid",
                    exchange.success()
                            ? "status " + exchange.status() + " without a usable requestid"
                            : "status " + exchange.status());
        }
        return new Pinned(want, id.get(), exchange);
    }

    /** The error's reason and details in one line, or the beginning of whatever came instead. */
    public static String reason(Exchange exchange) {
        JsonNode error = exchange.json().path("error");
        String text =
                error.path("reason").asText("") + " " + error.path("details").asText("");
        String shown = (text.isBlank() ? exchange.text() : text).strip().replaceAll("\\s+", " ");
        return shown.substring(0, Math.min(160, shown.length()));
    }

    /** The id of a pin status: the specified spelling, or the one that some services use instead. */
    public static Optional<String> requestId(Exchange exchange) {
        JsonNode json = exchange.json();
        JsonNode id = json.has("requestid") ? json.path("requestid") : json.path("requestId");
        return id.isValueNode() && !id.isNull() && !id.asText().isEmpty() ? Optional.of(id.asText()) : Optional.empty();
    }

    public static String path(String id) {
        return "/pins/" + Query.encode(id);
    }

    private Ask announced(Ask ask) {
        if (ask.method().equals("POST") && ask.body() != null && ask.target().startsWith("/pins")) {
            Json.parse(ask.body())
                    .map(body -> body.path("cid").asText(""))
                    .ifPresent(cid -> session.ledger().intend(cid, account));
        }
        boolean own = ask.headers().keySet().stream().anyMatch("Authorization"::equalsIgnoreCase);
        return own || token == null ? ask : ask.with("Authorization", "Bearer " + token);
    }

    private Exchange record(Ask ask, Exchange exchange) {
        recorder.accept(exchange);
        if (ask.method().equals("POST") && exchange.success() && ask.target().startsWith("/pins")) {
            requestId(exchange).ifPresent(id -> session.ledger().made(id, account));
        }
        return exchange;
    }

    private void requireNotForeign(String id) {
        if (!session.ledger().owns(id) && !session.isMadeUp(id)) {
            throw new IllegalStateException("the suite never touches pins it did not make: " + id);
        }
    }
}
