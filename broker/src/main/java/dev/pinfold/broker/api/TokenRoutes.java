package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.TokenStore;
import dev.pinfold.broker.store.TokenStore.NewToken;
import dev.pinfold.broker.store.TokenStore.TokenRow;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who may do what: tokens and tenants. */
public final class TokenRoutes {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    private final TokenStore tokens;
    private final Authenticator auth;

    public TokenRoutes(TokenStore tokens, Authenticator auth) {
        this.tokens = tokens;
        this.auth = auth;
    }

    public void mount(Router router) {
        Handler<RoutingContext> operator = auth.require(Scope.OPERATOR);
        Handler<RoutingContext> body = BoundedBody.upTo(64 * 1024);
        router.get("/api/v1/tokens").handler(operator).handler(this::listTokens);
        router.post("/api/v1/tokens").handler(operator).handler(body).handler(this::createToken);
        router.delete("/api/v1/tokens/:id").handler(operator).handler(this::revokeToken);
        router.get("/api/v1/tenants").handler(operator).handler(this::listTenants);
        router.post("/api/v1/tenants").handler(operator).handler(body).handler(this::createTenant);
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
                .put("since", row.since().toInstant().toString())
                .put(
                        "revokedAt",
                        row.revokedAt() == null
                                ? null
                                : row.revokedAt().toInstant().toString());
    }

    private static JsonArray scopes(Set<Scope> scopes) {
        return new JsonArray(scopes.stream().map(Scope::word).sorted().toList());
    }

    private void createToken(RoutingContext ctx) {
        JsonNode body = BoundedBody.object(ctx, Set.of("name", "tenant", "scopes", "requestsPerSecond", "maxPins"));
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
                            .put("since", row.since().toInstant().toString())));
                    answer(ctx, 200, new JsonObject().put("tenants", all));
                })
                .onFailure(ctx::fail);
    }

    private void createTenant(RoutingContext ctx) {
        String name = name(BoundedBody.object(ctx, Set.of("name")), "name", null);
        tokens.ensureTenant(name)
                .onSuccess(made -> answer(ctx, made ? 201 : 200, new JsonObject().put("name", name)))
                .onFailure(ctx::fail);
    }

    private static void answer(RoutingContext ctx, int status, JsonObject json) {
        PinRoutes.json(ctx, status, json.toBuffer());
    }
}
