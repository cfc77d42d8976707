package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.OffLoop.Answer;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.DrainWatch;
import dev.pinfold.broker.placement.Drains;
import dev.pinfold.broker.placement.Drains.Drain;
import dev.pinfold.broker.placement.Drains.Standing;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.ProviderStates;
import dev.pinfold.broker.store.DrainStore;
import dev.pinfold.broker.store.DrainStore.Certificate;
import dev.pinfold.broker.store.DrainStore.Progress;
import dev.pinfold.broker.store.ProviderStateStore;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
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
    private final DrainStore ends;
    private final ProviderStates states;
    private final Drains drains;
    private final Policies policies;
    private final List<ProviderEntry> catalog;
    private final Authenticator auth;

    public DrainRoutes(
            ProviderStateStore store,
            DrainStore ends,
            ProviderStates states,
            Drains drains,
            Policies policies,
            List<ProviderEntry> catalog,
            Authenticator auth) {
        this.store = store;
        this.ends = ends;
        this.states = states;
        this.drains = drains;
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
            JsonArray all = new JsonArray();
            drains.all().values().forEach(drain -> all.add(json(drain)));
            return OffLoop.ok(new JsonObject().put("drains", all));
        }));
        router.post("/api/v1/drains").handler(operator).handler(body).handler(OffLoop.answering(ctx -> {
            JsonNode wish = BoundedBody.object(ctx, Set.of("provider", "reason", "mustFinishBy"));
            String provider = known(wish.path("provider").asText(""));
            String author = Authenticator.caller(ctx).tokenName();
            return () -> set(provider, "draining", wish, author);
        }));
        router.get("/api/v1/drains/:provider").handler(operator).handler(OffLoop.answering(ctx -> {
            String provider = known(ctx.pathParam("provider"));
            return () -> OffLoop.ok(json(leaving(provider)));
        }));
        router.get("/api/v1/drains/:provider/certificates").handler(operator).handler(OffLoop.answering(ctx -> {
            String provider = known(ctx.pathParam("provider"));
            return () -> {
                JsonArray all = new JsonArray();
                ends.certificates(provider).forEach(each -> all.add(json(each)));
                return OffLoop.ok(new JsonObject().put("certificates", all));
            };
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
                ? new Answer(202, json(leaving(provider)))
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

    private Drain leaving(String provider) {
        Drain drain = drains.all().get(provider);
        if (drain == null) {
            throw new BrokerException(
                    ErrorKind.NOT_FOUND,
                    "provider '" + Shown.of(provider) + "' is not being drained; POST /api/v1/drains begins");
        }
        return drain;
    }

    /** How far a drain is, and when it ends at the pace it has had. */
    private JsonObject json(Drain drain) {
        Progress progress = ends.progress(drain.provider(), drain.since());
        long gone = DrainWatch.gone(ends, drain, progress.copies());
        Instant now = Instant.now();
        Standing standing = Drains.standing(drain, gone, progress.copies(), now);
        Certificate certificate = ends.certificates(drain.provider()).stream()
                .filter(each -> each.since().equals(drain.since()))
                .findFirst()
                .orElse(null);
        return new JsonObject()
                .put("provider", drain.provider())
                .put("state", drain.state())
                .put("by", drain.by())
                .put("reason", drain.reason())
                .put("since", drain.since().toString())
                .put("mustFinishBy", text(drain.deadline()))
                .put("copiesBefore", gone + progress.copies())
                .put("copiesLeft", progress.copies())
                .put("waitingForRelease", progress.retiring())
                .put("keptForDeletedPins", progress.kept())
                .put("blocked", progress.blocked())
                .put("blockedBy", progress.why())
                .put("done", progress.copies() == 0)
                .put(
                        "finishedAt",
                        certificate == null ? null : certificate.endedAt().toString())
                .put("endsAbout", text(standing.endsAbout()))
                .put("missesDeadline", standing.late())
                .put("pastDeadline", drain.deadline() != null && now.isAfter(drain.deadline()) && progress.copies() > 0)
                .put("certificate", certificate == null ? null : json(certificate));
    }

    private static JsonObject json(Certificate certificate) {
        Instant deadline = certificate.mustFinishBy();
        return new JsonObject()
                .put("provider", certificate.provider())
                .put("by", certificate.by())
                .put("reason", certificate.reason())
                .put("since", certificate.since().toString())
                .put("mustFinishBy", text(deadline))
                .put("endedAt", certificate.endedAt().toString())
                .put("inTime", deadline == null ? null : !certificate.endedAt().isAfter(deadline))
                .put("movedCopies", certificate.movedCopies())
                .put("movedBytes", certificate.movedBytes())
                .put("movedOfUnknownSize", certificate.movedUnsized())
                .put("releasedCopies", certificate.releasedCopies())
                .put("copiesLeft", 0);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
