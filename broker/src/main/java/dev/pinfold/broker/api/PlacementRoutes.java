package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.PinDetails;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Why a pin's copies are where they are, and what happened to them. */
public final class PlacementRoutes {
    private static final int MOST_EVENTS = 1000;

    private final PinDetails pins;
    private final List<ProviderEntry> catalog;
    private final Authenticator auth;

    public PlacementRoutes(PinDetails pins, List<ProviderEntry> catalog, Authenticator auth) {
        this.pins = pins;
        this.catalog = List.copyOf(catalog);
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/pins/:requestid/placement")
                .handler(auth.require(Scope.PINS_READ))
                .handler(this::placement);
        router.get("/api/v1/pins/:requestid/events")
                .handler(auth.require(Scope.PINS_READ))
                .handler(this::events);
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

    private static void answer(RoutingContext ctx, int status, JsonObject json) {
        PinRoutes.json(ctx, status, json.toBuffer());
    }
}
