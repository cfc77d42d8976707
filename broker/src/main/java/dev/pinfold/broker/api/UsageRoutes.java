package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.store.PlacementStore.Spent;
import dev.pinfold.broker.store.UsageStore;
import dev.pinfold.broker.store.UsageStore.TokenUsage;
import dev.pinfold.policy.Budget;
import dev.pinfold.policy.Money;
import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.upkeep.MoveDecision;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What pins cost: {@code /api/v1/usage} and {@code /api/v1/pins/{requestid}/cost}. */
public final class UsageRoutes {
    private final UsageStore store;
    private final Policies policies;
    private final Authenticator auth;

    public UsageRoutes(UsageStore store, Policies policies, Authenticator auth) {
        this.store = store;
        this.policies = policies;
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/usage").handler(auth.require(Scope.PINS_READ)).handler(OffLoop.answering(ctx -> {
            Caller caller = Authenticator.caller(ctx);
            return () -> OffLoop.ok(usage(caller));
        }));
        router.get("/api/v1/pins/:requestid/cost")
                .handler(auth.require(Scope.PINS_READ))
                .handler(OffLoop.answering(ctx -> {
                    UUID id = PinRoutes.requestId(ctx);
                    Integer tenant = tenant(ctx);
                    return () -> OffLoop.ok(store.cost(id, tenant)
                            .map(cost -> cost.put("currency", policies.get().currency()))
                            .orElseThrow(
                                    () -> new BrokerException(ErrorKind.NOT_FOUND, "no pin has the requestid " + id)));
                }));
    }

    /** Operators see everybody, others their tenant. */
    private static @Nullable Integer tenant(RoutingContext ctx) {
        Caller caller = Authenticator.caller(ctx);
        return caller.scopes().contains(Scope.OPERATOR) ? null : caller.tenantId();
    }

    private JsonObject usage(Caller caller) {
        boolean operator = caller.scopes().contains(Scope.OPERATOR);
        List<TokenUsage> tokens = store.tokens(operator ? null : caller.tenantId());
        JsonArray each = new JsonArray();
        Money monthly = Money.ZERO;
        Money spent = Money.ZERO;
        for (TokenUsage token : tokens) {
            monthly = monthly.plus(token.monthly());
            spent = spent.plus(token.spent());
            each.add(new JsonObject()
                    .put("tenant", token.tenant())
                    .put("token", token.token())
                    .put("pins", token.pins())
                    .put("monthlyCost", token.monthly().toString())
                    .put("spentThisMonth", token.spent().toString()));
        }
        Policy policy = policies.get();
        JsonObject json = new JsonObject()
                .put("month", store.month())
                .put("currency", policy.currency())
                .put("monthlyCost", monthly.toString())
                .put("spentThisMonth", spent.toString())
                .put("tokens", each);
        return operator ? json.put("budgets", budgets(policy, store.spent())) : json;
    }

    private static JsonArray budgets(Policy policy, List<Spent> spent) {
        JsonArray all = new JsonArray();
        for (Budget budget : policy.budgets()) {
            Money sum = spent.stream()
                    .filter(s -> budget.covers(
                            PlacementRequest.of(s.token(), "", "", null).withTenant(s.tenant())))
                    .map(s -> new Money(s.picos()))
                    .reduce(Money.ZERO, Money::plus);
            Money limit = budget.monthly();
            JsonArray warnings = new JsonArray();
            MoveDecision.warningsReached(budget, new Money(-1), sum)
                    .forEach((Ratio level) -> warnings.add(level.toString()));
            all.add(new JsonObject()
                    .put("name", budget.name())
                    .put("tokens", List.copyOf(budget.tokens()))
                    .put("tenants", List.copyOf(budget.tenants()))
                    .put("monthly", limit == null ? null : limit.toString())
                    .put(
                            "perPinMax",
                            budget.perPinMax() == null
                                    ? null
                                    : budget.perPinMax().toString())
                    .put("spent", sum.toString())
                    .put("left", limit == null ? null : limit.minus(sum).toString())
                    .put("warnings", warnings));
        }
        return all;
    }
}
