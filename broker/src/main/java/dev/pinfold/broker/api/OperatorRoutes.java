package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.FleetView;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.ProviderStates;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.HealthSnapshot;
import dev.pinfold.broker.store.PinDetails;
import dev.pinfold.broker.store.TokenStore;
import dev.pinfold.broker.store.TokenStore.NewToken;
import dev.pinfold.broker.store.TokenStore.TokenRow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operator API under {@code /api/v1}: why pins are where they are, providers, tokens, tenants. */
public final class OperatorRoutes {
    private static final int MOST_EVENTS = 1000;
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    private final PinDetails pins;
    private final TokenStore tokens;
    private final Authenticator auth;
    private final List<ProviderEntry> catalog;
    private final Fleet fleet;
    private final FleetView view;
    private final ProviderStates states;
    private final Policies policies;

    public OperatorRoutes(
            PinDetails pins,
            TokenStore tokens,
            Authenticator auth,
            List<ProviderEntry> catalog,
            Fleet fleet,
            FleetView view,
            ProviderStates states,
            Policies policies) {
        this.pins = pins;
        this.tokens = tokens;
        this.auth = auth;
        this.catalog = List.copyOf(catalog);
        this.fleet = fleet;
        this.view = view;
        this.states = states;
        this.policies = policies;
    }

    public void mount(Router router) {
        Handler<RoutingContext> body = BoundedBody.upTo(64 * 1024);
        router.get("/api/v1/pins/:requestid/placement")
                .handler(auth.require(Scope.PINS_READ))
                .handler(this::placement);
        router.get("/api/v1/pins/:requestid/events")
                .handler(auth.require(Scope.PINS_READ))
                .handler(this::events);
        router.get("/api/v1/providers").handler(auth.require(Scope.OPERATOR)).handler(this::providers);
        router.get("/api/v1/providers/:id")
                .handler(auth.require(Scope.OPERATOR))
                .handler(this::provider);
        router.get("/api/v1/tokens").handler(auth.require(Scope.OPERATOR)).handler(this::listTokens);
        router.post("/api/v1/tokens")
                .handler(auth.require(Scope.OPERATOR))
                .handler(body)
                .handler(this::createToken);
        router.delete("/api/v1/tokens/:id")
                .handler(auth.require(Scope.OPERATOR))
                .handler(this::revokeToken);
        router.get("/api/v1/tenants").handler(auth.require(Scope.OPERATOR)).handler(this::listTenants);
        router.post("/api/v1/tenants")
                .handler(auth.require(Scope.OPERATOR))
                .handler(body)
                .handler(this::createTenant);
    }

    /** Operators see every pin, others those of their tenant. */
    private static @Nullable Integer tenant(RoutingContext ctx) {
        Caller caller = Authenticator.caller(ctx);
        return caller.scopes().contains(Scope.OPERATOR) ? null : caller.tenantId();
    }

    private void placement(RoutingContext ctx) {
        UUID id = PinRoutes.requestId(ctx);
        pins.placement(id, tenant(ctx))
                .map(found -> found.orElseThrow(() -> unknownPin(id)))
                .onSuccess(json -> answer(ctx, 200, withRegions(json)))
                .onFailure(ctx::fail);
    }

    /** Adds to each copy where its provider is, as the configuration says. */
    private JsonObject withRegions(JsonObject placement) {
        for (Object each : placement.getJsonArray("replicas")) {
            JsonObject copy = (JsonObject) each;
            catalog.stream()
                    .filter(entry -> entry.id().equals(copy.getString("provider")))
                    .findFirst()
                    .ifPresent(entry -> copy.put("region", entry.labels().get("region")));
        }
        return placement;
    }

    private void events(RoutingContext ctx) {
        UUID id = PinRoutes.requestId(ctx);
        pins.placement(id, tenant(ctx))
                .compose(found -> found.isEmpty()
                        ? Future.<JsonArray>failedFuture(unknownPin(id))
                        : pins.events(id, tenant(ctx), MOST_EVENTS))
                .onSuccess(events -> answer(ctx, 200, new JsonObject().put("events", events)))
                .onFailure(ctx::fail);
    }

    private static BrokerException unknownPin(UUID id) {
        return new BrokerException(ErrorKind.NOT_FOUND, "no pin has the requestid " + id);
    }

    private void providers(RoutingContext ctx) {
        offLoop(ctx, () -> {
                    JsonArray all = new JsonArray();
                    catalog.forEach(entry -> all.add(provider(entry)));
                    return new JsonObject().put("providers", all);
                })
                .onSuccess(json -> answer(ctx, 200, json))
                .onFailure(ctx::fail);
    }

    private void provider(RoutingContext ctx) {
        String id = ctx.pathParam("id");
        offLoop(
                        ctx,
                        () -> catalog.stream()
                                .filter(entry -> entry.id().equals(id))
                                .findFirst()
                                .map(this::provider)
                                .orElseThrow(() -> new BrokerException(
                                        ErrorKind.NOT_FOUND,
                                        "no provider is called '" + Shown.of(id) + "'; configured are "
                                                + catalog.stream()
                                                        .map(ProviderEntry::id)
                                                        .collect(Collectors.joining(", ")))))
                .onSuccess(json -> answer(ctx, 200, json))
                .onFailure(ctx::fail);
    }

    /** Usage is counted by a blocking query now and then. */
    private static <T> Future<T> offLoop(RoutingContext ctx, Callable<T> work) {
        Promise<T> done = Promise.promise();
        Context context = ctx.vertx().getOrCreateContext();
        // Not a Vert.x worker: waiting for the database is refused there.
        Thread.ofVirtual().name("operator").start(() -> {
            try {
                T result = work.call();
                context.runOnContext(none -> done.complete(result));
            } catch (Exception e) {
                context.runOnContext(none -> done.fail(e));
            }
        });
        return done.future();
    }

    private JsonObject provider(ProviderEntry entry) {
        GuardedProvider guarded = fleet.find(entry.id()).orElseThrow();
        HealthSnapshot health = guarded.health();
        JsonObject breakers = new JsonObject();
        health.breakers().forEach((operation, state) -> breakers.put(word(operation), word(state)));
        JsonArray capabilities = new JsonArray();
        guarded.capabilities().stream().map(FleetView::word).sorted().forEach(capabilities::add);
        var usage = view.usage(entry.id());
        return new JsonObject()
                .put("id", entry.id())
                .put("type", entry.type())
                .put("tier", word(entry.tier()))
                .put("labels", new JsonObject(new java.util.TreeMap<>(entry.labels())))
                .put("capabilities", capabilities)
                .put("state", word(states.of(entry.id())))
                .put(
                        "health",
                        new JsonObject()
                                .put("successRate", health.successRate())
                                .put("samples", health.samples())
                                .put("consecutiveFailures", health.consecutiveFailures())
                                .put("retrievalP95Ms", health.retrievalP95Ms())
                                .put("openUntil", text(health.openUntil()))
                                .put("rateLimitedUntil", text(health.rateLimitedUntil()))
                                .put("unhealthySince", text(health.unhealthySince()))
                                .put("inFlight", health.inFlight()))
                .put("breakers", breakers)
                .put("usage", new JsonObject().put("pins", usage.pins()).put("bytes", usage.bytes()))
                .put(
                        "price",
                        new JsonObject()
                                .put(
                                        "storagePerGiBMonth",
                                        entry.price().storagePerGiBMonth().toPlainString())
                                .put(
                                        "egressPerGiB",
                                        entry.price().egressPerGiB().toPlainString())
                                .put("perPin", entry.price().perPin().toPlainString())
                                .put(
                                        "fixedMonthly",
                                        entry.price().fixedMonthly().toPlainString())
                                .put("currency", entry.price().currency())
                                .put("asOf", text(entry.price().asOf()))
                                .put("stale", stale(entry)));
    }

    /** Whether the price is older than the policy trusts; one that nobody dated is. */
    private boolean stale(ProviderEntry entry) {
        LocalDate asOf = entry.price().asOf();
        return asOf == null
                || asOf.atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .plus(policies.get().staleAfter())
                        .isBefore(view.now().asOf());
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private void listTokens(RoutingContext ctx) {
        tokens.list()
                .onSuccess(rows -> {
                    JsonArray all = new JsonArray();
                    rows.forEach(row -> all.add(token(row)));
                    answer(ctx, 200, new JsonObject().put("tokens", all));
                })
                .onFailure(ctx::fail);
    }

    private static JsonObject token(TokenRow row) {
        return new JsonObject()
                .put("id", row.id().toString())
                .put("name", row.name())
                .put("tenant", row.tenant())
                .put("scopes", scopes(row.scopes()))
                .put("requestsPerSecond", row.requestsPerSecond())
                .put("maxPins", row.maxPins())
                .put("pins", row.pins())
                .put("since", text(row.since().toInstant()))
                .put(
                        "revokedAt",
                        row.revokedAt() == null ? null : text(row.revokedAt().toInstant()));
    }

    private static JsonArray scopes(Set<Scope> scopes) {
        return new JsonArray(scopes.stream().map(Scope::word).sorted().toList());
    }

    private void createToken(RoutingContext ctx) {
        JsonNode body = body(ctx, Set.of("name", "tenant", "scopes", "requestsPerSecond", "maxPins"));
        String text = Tokens.fresh();
        NewToken token = new NewToken(
                UUID.randomUUID(),
                name(body, "tenant", "default"),
                name(body, "name", null),
                Buffer.buffer(Tokens.hash(text)),
                scopes(body.get("scopes")),
                (Integer) number(body, "requestsPerSecond", 1_000_000, true),
                (Long) number(body, "maxPins", 1_000_000_000_000L, false));
        tokens.create(token)
                .onSuccess(made -> {
                    if (!made) {
                        ctx.fail(new BrokerException(
                                ErrorKind.NOT_FOUND,
                                "there is no tenant '" + token.tenant() + "'; make it with POST /api/v1/tenants"));
                        return;
                    }
                    answer(
                            ctx,
                            201,
                            new JsonObject()
                                    .put("id", token.id().toString())
                                    .put("token", text)
                                    .put("name", token.name())
                                    .put("tenant", token.tenant())
                                    .put("scopes", scopes(token.scopes()))
                                    .put("requestsPerSecond", token.requestsPerSecond())
                                    .put("maxPins", token.maxPins()));
                })
                .onFailure(ctx::fail);
    }

    /** A JSON object with no other fields than these. */
    static JsonNode body(RoutingContext ctx, Set<String> known) {
        PinRoutes.requireJson(ctx);
        JsonNode body = PinBodies.json(BoundedBody.of(ctx));
        if (!body.isObject()) {
            throw PinBodies.bad("the body must be a JSON object");
        }
        body.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw PinBodies.bad("the body has an unknown field '" + Shown.of(field) + "'; known are "
                        + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        });
        return body;
    }

    private static String name(JsonNode body, String field, @Nullable String otherwise) {
        JsonNode node = body.get(field);
        if ((node == null || node.isNull()) && otherwise != null) {
            return otherwise;
        }
        if (node == null || !node.isTextual() || !node.textValue().matches(NAME)) {
            throw PinBodies.bad("'" + field
                    + "' must be 1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit");
        }
        return node.textValue();
    }

    private static Set<Scope> scopes(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return EnumSet.of(Scope.PINS_READ, Scope.PINS_WRITE, Scope.CONTENT_WRITE);
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        if (node.isArray()) {
            node.forEach(word -> scopes.add(Scope.ofWord(word.asText())
                    .orElseThrow(() -> PinBodies.bad("unknown scope '" + Shown.of(word.asText()) + "'; known are "
                            + Arrays.stream(Scope.values()).map(Scope::word).collect(Collectors.joining(", "))))));
        }
        if (scopes.isEmpty()) {
            throw PinBodies.bad("'scopes' must be an array of at least one scope, for example [\"pins:read\"]");
        }
        return scopes;
    }

    private static @Nullable Number number(JsonNode body, String field, long most, boolean asInt) {
        JsonNode node = body.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 1 || node.longValue() > most) {
            throw PinBodies.bad("'" + field + "' must be a whole number from 1 to " + most);
        }
        return asInt ? (Number) node.intValue() : (Number) node.longValue();
    }

    private void revokeToken(RoutingContext ctx) {
        UUID id;
        try {
            id = UUID.fromString(ctx.pathParam("id"));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(
                    ErrorKind.NOT_FOUND, "no token has the id '" + Shown.of(ctx.pathParam("id")) + "'", e);
        }
        tokens.revoke(id)
                .onSuccess(hash -> {
                    if (hash.isEmpty()) {
                        ctx.fail(new BrokerException(ErrorKind.NOT_FOUND, "no token in force has the id " + id));
                        return;
                    }
                    auth.forget(HexFormat.of().formatHex(hash.get()));
                    ctx.response().setStatusCode(204).end();
                })
                .onFailure(ctx::fail);
    }

    private void listTenants(RoutingContext ctx) {
        tokens.tenants()
                .onSuccess(rows -> {
                    JsonArray all = new JsonArray();
                    rows.forEach(row -> all.add(new JsonObject()
                            .put("name", row.name())
                            .put("since", text(row.since().toInstant()))));
                    answer(ctx, 200, new JsonObject().put("tenants", all));
                })
                .onFailure(ctx::fail);
    }

    private void createTenant(RoutingContext ctx) {
        String name = name(body(ctx, Set.of("name")), "name", null);
        tokens.ensureTenant(name)
                .onSuccess(made -> answer(ctx, made ? 201 : 200, new JsonObject().put("name", name)))
                .onFailure(ctx::fail);
    }

    private static void answer(RoutingContext ctx, int status, JsonObject json) {
        PinRoutes.json(ctx, status, json.toBuffer());
    }
}
