package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.OffLoop.Answer;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.FleetView;
import dev.pinfold.broker.placement.PlanMaker;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.store.PlanStore;
import dev.pinfold.broker.store.PlanStore.PlanRow;
import dev.pinfold.broker.store.PolicyStore.Draft;
import dev.pinfold.policy.Inventory;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocument;
import dev.pinfold.policy.document.PolicyDocuments;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/plans}: what would move over all pins under a policy, and moving it. A plan is applied only in the world
 * it was made for.
 */
public final class PlanRoutes {
    private static final int MOST_PLANS = 50;
    private static final int MOST_MOVES = 1000;

    private final PlanStore store;
    private final Policies policies;
    private final FleetView fleet;
    private final Authenticator auth;
    private final Runnable wake;

    /**
     * Makes the routes.
     *
     * @param wake called when there is something to move
     */
    public PlanRoutes(PlanStore store, Policies policies, FleetView fleet, Authenticator auth, Runnable wake) {
        this.store = store;
        this.policies = policies;
        this.fleet = fleet;
        this.auth = auth;
        this.wake = wake;
    }

    public void mount(Router router) {
        router.get("/api/v1/plans").handler(auth.require(Scope.OPERATOR)).handler(OffLoop.answering(ctx -> () -> {
            JsonArray plans = new JsonArray();
            store.list(MOST_PLANS).forEach(plan -> plans.add(json(plan)));
            return OffLoop.ok(new JsonObject().put("plans", plans));
        }));
        router.post("/api/v1/plans")
                .handler(auth.require(Scope.OPERATOR))
                .handler(BoundedBody.upTo(2L * Policies.MOST_BYTES))
                .handler(OffLoop.answering(ctx -> {
                    JsonNode body = body(ctx);
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> create(body, author);
                }));
        router.get("/api/v1/plans/:id").handler(auth.require(Scope.OPERATOR)).handler(OffLoop.answering(ctx -> {
            UUID id = id(ctx);
            int moves = moves(ctx.request().getParam("moves"));
            return () -> OffLoop.ok(shown(id, moves));
        }));
        router.post("/api/v1/plans/:id/apply")
                .handler(auth.require(Scope.OPERATOR))
                .handler(OffLoop.answering(ctx -> {
                    UUID id = id(ctx);
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> apply(id, author);
                }));
    }

    private static JsonNode body(RoutingContext ctx) {
        byte[] bytes = BoundedBody.of(ctx);
        JsonNode body = PinBodies.json(bytes.length == 0 ? new byte[] {'{', '}'} : bytes);
        Set<String> known = Set.of("policy", "revision", "canary");
        if (!body.isObject()) {
            throw PinBodies.bad("the body must be a JSON object");
        }
        body.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw PinBodies.bad(
                        "the body has an unknown field '" + Shown.of(field) + "'; known are policy, revision, canary");
            }
        });
        if (body.has("policy") && body.has("revision")) {
            throw PinBodies.bad("give 'policy' (a text) or 'revision' (an earlier one), not both");
        }
        return body;
    }

    private Answer create(JsonNode body, String author) {
        Policies.InForce now = policies.current();
        String text = text(body);
        if (text == null) {
            return begun(author, now, null, now.policy(), body.get("canary"));
        }
        return switch (PolicyDocuments.policy("policy", text)) {
            case Parsed.Invalid<PolicyDocument> invalid -> PolicyRoutes.broken(invalid.problems());
            case Parsed.Valid<PolicyDocument> valid -> {
                Policy policy = valid.value().policy();
                if (policy.revision() <= now.revision().revision()) {
                    throw new BrokerException(
                            ErrorKind.CONFLICT,
                            new Policies.Outcome.Stale(
                                            policy.revision(), now.revision().revision())
                                    .text());
                }
                yield begun(author, now, text, policy, body.get("canary"));
            }
        };
    }

    /** The text of the policy that the plan is for; null for the one in force. */
    private @Nullable String text(JsonNode body) {
        JsonNode policy = body.get("policy");
        JsonNode revision = body.get("revision");
        if (policy != null && !policy.isNull()) {
            if (!policy.isTextual()) {
                throw PinBodies.bad("'policy' must be the YAML text of a policy");
            }
            return policy.textValue();
        }
        if (revision == null || revision.isNull()) {
            return null;
        }
        if (!revision.canConvertToLong()) {
            throw PinBodies.bad("'revision' must be the number of an earlier policy");
        }
        return policies.asNext(revision.longValue())
                .orElseThrow(() ->
                        new BrokerException(ErrorKind.NOT_FOUND, "no policy has the revision " + revision.longValue()));
    }

    private Answer begun(
            String author, Policies.InForce now, @Nullable String text, Policy policy, @Nullable JsonNode asked) {
        Ratio canary =
                asked == null || asked.isNull() ? policy.upkeep().rollout().canary() : share(asked);
        UUID id = UUID.randomUUID();
        Inventory world = fleet.now();
        store.create(id, author, now.revision().revision(), text, world.worldHash(), canary.millionths());
        Thread.ofVirtual().name("plan-" + id).start(new PlanMaker(store, id, policy, world, canary)::run);
        return new Answer(202, shown(id, 0));
    }

    private static Ratio share(JsonNode asked) {
        try {
            Ratio share = Ratio.of(asked.asText());
            if (share.millionths() > 0 && share.compareTo(Ratio.ONE) <= 0) {
                return share;
            }
        } catch (IllegalArgumentException e) {
            // Told below, as every other wrong share.
        }
        throw PinBodies.bad("'canary' must be a share above 0 and at most 1, for example \"10%\"");
    }

    private static UUID id(RoutingContext ctx) {
        try {
            return UUID.fromString(ctx.pathParam("id"));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(
                    ErrorKind.NOT_FOUND, "no plan has the id '" + Shown.of(ctx.pathParam("id")) + "'", e);
        }
    }

    private static int moves(@Nullable String asked) {
        if (asked == null) {
            return 20;
        }
        if (!asked.matches("[0-9]{1,4}") || Integer.parseInt(asked) > MOST_MOVES) {
            throw PinBodies.bad("'moves' must be a number from 0 to " + MOST_MOVES);
        }
        return Integer.parseInt(asked);
    }

    private JsonObject shown(UUID id, int moves) {
        return json(find(id)).put("moves", new JsonArray(store.moves(id, moves)));
    }

    private PlanRow find(UUID id) {
        return store.find(id)
                .orElseThrow(() -> new BrokerException(
                        ErrorKind.NOT_FOUND, "no plan has the id " + id + "; GET /api/v1/plans lists them"));
    }

    private static JsonObject json(PlanRow plan) {
        return new JsonObject()
                .put("id", plan.id().toString())
                .put("state", plan.state())
                .put("since", plan.since().toString())
                .put("author", plan.author())
                .put("policyRevision", plan.policyRevision())
                .put("bringsPolicy", plan.policyText() != null)
                .put("worldHash", plan.worldHash())
                .put("canary", new Ratio(plan.canary()).toString())
                .put("canaryMoves", plan.canaryMoves())
                .put("refused", plan.detail())
                .put("summary", plan.summary())
                .put(
                        "progress",
                        new JsonObject()
                                .put("waiting", plan.waiting())
                                .put("moving", plan.moving())
                                .put("moved", plan.moved())
                                .put("notMoved", plan.notMoved()));
    }

    /** Applies the canary of a plan, and the rest the second time. */
    private Answer apply(UUID id, String author) {
        PlanRow plan = find(id);
        boolean second = plan.state().equals("canary");
        if (!second && !plan.state().equals("planned")) {
            throw conflict("the plan is " + plan.state() + "; only a finished plan can be applied, and only once");
        }
        if (plan.detail() != null) {
            throw conflict("the plan is beyond what the policy's rollout allows: " + plan.detail());
        }
        Policies.InForce now = policies.current();
        Draft draft = second || plan.policyText() == null ? null : draft(plan.policyText(), author);
        refuseChangedWorld(plan, now, second);
        long revision = draft == null ? now.revision().revision() : draft.revision();
        boolean canary = !second && plan.canaryMoves() < plan.waiting() && plan.canary() < Ratio.ONE.millionths();
        String to = canary ? "applying-canary" : "applying";
        if (!store.begin(id, plan.state(), to, revision, draft)) {
            throw conflict("another plan is being applied, or this one was just begun; look at GET /api/v1/plans");
        }
        policies.reload();
        wake.run();
        return new Answer(202, shown(id, 0));
    }

    private static Draft draft(String text, String author) {
        Policy policy = PolicyDocuments.policy("policy", text).orThrow().policy();
        return new Draft(policy.revision(), policy.name(), text, "plan", author, null);
    }

    private void refuseChangedWorld(PlanRow plan, Policies.InForce now, boolean second) {
        if (now.revision().revision() != plan.policyRevision()) {
            throw conflict("the plan was made under policy revision " + plan.policyRevision() + " and "
                    + now.revision().revision() + " is in force; make a new plan");
        }
        if (!fleet.now().worldHash().equals(plan.worldHash())) {
            throw conflict(
                    "the providers, their prices or their states changed since the plan was made; make a new one");
        }
        long changed = store.changedPins(plan.id());
        if (changed > 0) {
            throw conflict(changed + " of the pins to be moved are gone or placed elsewhere since the plan was made; "
                    + "make a new one");
        }
        Duration hold = now.policy().upkeep().rollout().hold();
        Instant until = plan.canaryAt() == null ? Instant.MIN : plan.canaryAt().plus(hold);
        if (second && fleet.now().asOf().isBefore(until)) {
            throw conflict("the policy holds the rest back until " + until + " (rollout.hold)");
        }
    }

    private static BrokerException conflict(String details) {
        return new BrokerException(ErrorKind.CONFLICT, details);
    }
}
