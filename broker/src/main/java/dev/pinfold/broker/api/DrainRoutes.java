package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.OffLoop.Answer;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.ProviderStates;
import dev.pinfold.broker.store.ProviderStateStore;
import dev.pinfold.broker.store.ProviderStateStore.Progress;
import dev.pinfold.broker.store.ProviderStateStore.StateRow;
import dev.pinfold.policy.Upkeep;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A provider's life: cordoned, drained with a deadline, active again; and audits on demand. */
public final class DrainRoutes {
    private static final Set<String> STATES = Set.of("active", "cordoned", "draining", "sunset");

    private final ProviderStateStore store;
    private final ProviderStates states;
    private final Policies policies;
    private final List<ProviderEntry> catalog;
    private final Authenticator auth;

    public DrainRoutes(
            ProviderStateStore store,
            ProviderStates states,
            Policies policies,
            List<ProviderEntry> catalog,
            Authenticator auth) {
        this.store = store;
        this.states = states;
        this.policies = policies;
        this.catalog = List.copyOf(catalog);
        this.auth = auth;
    }

    public void mount(Router router) {
        Handler<RoutingContext> operator = auth.require(Scope.OPERATOR);
        Handler<RoutingContext> body = BoundedBody.upTo(64 * 1024);
        router.put("/api/v1/providers/:id/state")
                .handler(operator)
                .handler(body)
                .handler(OffLoop.answering(ctx -> {
                    String provider = known(ctx.pathParam("id"));
                    JsonNode wish = BoundedBody.object(ctx, Set.of("state", "reason", "mustFinishBy"));
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> set(provider, state(wish), wish, author);
                }));
        router.get("/api/v1/drains").handler(operator).handler(OffLoop.answering(ctx -> () -> {
            JsonArray drains = new JsonArray();
            left().forEach(provider -> drains.add(drain(provider)));
            return OffLoop.ok(new JsonObject().put("drains", drains));
        }));
        router.post("/api/v1/drains").handler(operator).handler(body).handler(OffLoop.answering(ctx -> {
            JsonNode wish = BoundedBody.object(ctx, Set.of("provider", "reason", "mustFinishBy"));
            String provider = known(wish.path("provider").asText(""));
            String author = Authenticator.caller(ctx).tokenName();
            return () -> set(provider, "draining", wish, author);
        }));
        router.get("/api/v1/drains/:provider").handler(operator).handler(OffLoop.answering(ctx -> {
            String provider = known(ctx.pathParam("provider"));
            return () -> OffLoop.ok(leaving(provider));
        }));
        router.delete("/api/v1/drains/:provider").handler(operator).handler(OffLoop.answering(ctx -> {
            String provider = known(ctx.pathParam("provider"));
            return () -> end(provider);
        }));
        mountAudits(router, operator, body);
    }

    private void mountAudits(Router router, Handler<RoutingContext> operator, Handler<RoutingContext> body) {
        router.get("/api/v1/audits")
                .handler(operator)
                .handler(OffLoop.answering(ctx ->
                        () -> OffLoop.ok(new JsonObject().put("audits", new JsonArray(store.audits())))));
        router.post("/api/v1/audits").handler(operator).handler(body).handler(OffLoop.answering(ctx -> {
            JsonNode wish = BoundedBody.object(ctx, Set.of("provider"));
            String provider = known(wish.path("provider").asText(""));
            String author = Authenticator.caller(ctx).tokenName();
            return () -> {
                UUID id = store.audit(provider, author);
                return new Answer(202, new JsonObject().put("id", id.toString()).put("provider", provider));
            };
        }));
    }

    private String known(String id) {
        return ProviderRoutes.known(catalog, id).id();
    }

    private static String state(JsonNode wish) {
        String state = wish.path("state").asText("");
        if (!STATES.contains(state)) {
            throw PinBodies.bad("'state' must be one of " + String.join(", ", new TreeSet<>(STATES)));
        }
        return state;
    }

    private Answer set(String provider, String state, JsonNode wish, String author) {
        String reason = wish.path("reason").asText("");
        if (reason.length() > 500) {
            throw PinBodies.bad("'reason' has at most 500 characters");
        }
        Instant deadline = deadline(wish.get("mustFinishBy"));
        if (state.equals("active")) {
            store.clear(provider);
        } else {
            store.set(provider, state, reason, author, deadline);
        }
        states.reload();
        boolean leaves = state.equals("draining") || state.equals("sunset");
        return leaves
                ? new Answer(202, drain(provider))
                : OffLoop.ok(new JsonObject().put("provider", provider).put("state", state));
    }

    private static @Nullable Instant deadline(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        try {
            return Instant.parse(node.asText());
        } catch (DateTimeParseException e) {
            throw new BrokerException(
                    ErrorKind.BAD_REQUEST, "'mustFinishBy' must be an instant such as 2027-01-31T00:00:00Z", e);
        }
    }

    private Answer end(String provider) {
        leaving(provider);
        if (policies.get().upkeep().drains().stream().anyMatch(d -> d.provider().equals(provider))) {
            throw new BrokerException(
                    ErrorKind.CONFLICT,
                    "the policy in force drains '" + provider + "'; take it out of its drains section");
        }
        store.clear(provider);
        states.reload();
        return OffLoop.ok(new JsonObject().put("provider", provider).put("state", "active"));
    }

    private Set<String> left() {
        Set<String> left = new TreeSet<>();
        states.decided().values().stream()
                .filter(row -> !row.state().equals("cordoned"))
                .map(StateRow::provider)
                .forEach(left::add);
        policies.get().upkeep().drains().stream().map(Upkeep.Drain::provider).forEach(left::add);
        return left;
    }

    private JsonObject leaving(String provider) {
        if (!left().contains(provider)) {
            throw new BrokerException(
                    ErrorKind.NOT_FOUND,
                    "provider '" + provider + "' is not being drained; POST /api/v1/drains begins");
        }
        return drain(provider);
    }

    /** How far a drain is, and when it ends at the pace it has had. */
    private JsonObject drain(String provider) {
        StateRow row = states.decided().get(provider);
        Upkeep.Drain policy = policies.get().upkeep().drains().stream()
                .filter(d -> d.provider().equals(provider))
                .findFirst()
                .orElse(null);
        Instant since = row != null ? row.since() : policy != null ? policy.start() : Instant.EPOCH;
        Instant deadline = row != null ? row.mustFinishBy() : policy == null ? null : policy.mustFinishBy();
        Progress progress = store.progress(provider, since);
        long before = row == null ? progress.copies() : Math.max(row.copies(), progress.copies());
        long gone = before - progress.copies();
        boolean done = progress.copies() == 0;
        Instant now = Instant.now();
        Duration spent = Duration.between(since, now);
        Instant end = done || gone == 0
                ? null
                : now.plusMillis((long) ((double) spent.toMillis() / gone * progress.copies()));
        boolean late = deadline != null && !done && (end == null ? now.isAfter(deadline) : end.isAfter(deadline));
        return new JsonObject()
                .put("provider", provider)
                .put("state", row == null ? "draining" : row.state())
                .put("by", row == null ? "policy" : row.author())
                .put("reason", row != null ? row.reason() : policy == null ? "" : policy.reason())
                .put("since", since.toString())
                .put("mustFinishBy", deadline == null ? null : deadline.toString())
                .put("copiesBefore", before)
                .put("copiesLeft", progress.copies())
                .put("waitingForRelease", progress.retiring())
                .put("blocked", progress.blocked())
                .put("blockedBy", progress.why())
                .put("done", done)
                .put(
                        "finishedAt",
                        row == null || row.finishedAt() == null
                                ? null
                                : row.finishedAt().toString())
                .put("endsAbout", end == null ? null : end.toString())
                .put("missesDeadline", late);
    }
}
