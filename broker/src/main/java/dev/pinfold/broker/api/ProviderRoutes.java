package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.FleetView;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.ProviderStates;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import dev.pinfold.broker.provider.HealthSnapshot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The providers of the configuration, with their health, usage and prices of this moment. */
public final class ProviderRoutes {
    private final List<ProviderEntry> catalog;
    private final Fleet fleet;
    private final FleetView view;
    private final ProviderStates states;
    private final Policies policies;
    private final Authenticator auth;

    public ProviderRoutes(
            List<ProviderEntry> catalog,
            Fleet fleet,
            FleetView view,
            ProviderStates states,
            Policies policies,
            Authenticator auth) {
        this.catalog = List.copyOf(catalog);
        this.fleet = fleet;
        this.view = view;
        this.states = states;
        this.policies = policies;
        this.auth = auth;
    }

    public void mount(Router router) {
        // Usage is counted by a blocking query now and then.
        router.get("/api/v1/providers").handler(auth.require(Scope.OPERATOR)).handler(OffLoop.answering(ctx -> () -> {
            JsonArray all = new JsonArray();
            catalog.forEach(entry -> all.add(provider(entry)));
            return OffLoop.ok(new JsonObject().put("providers", all));
        }));
        router.get("/api/v1/providers/:id")
                .handler(auth.require(Scope.OPERATOR))
                .handler(OffLoop.answering(ctx -> {
                    ProviderEntry entry = known(catalog, ctx.pathParam("id"));
                    return () -> OffLoop.ok(provider(entry));
                }));
    }

    /**
     * The provider with this id.
     *
     * @throws BrokerException none is called so; the message names all
     */
    static ProviderEntry known(List<ProviderEntry> catalog, String id) {
        return catalog.stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new BrokerException(
                        ErrorKind.NOT_FOUND,
                        "no provider is called '" + Shown.of(id) + "'; configured are "
                                + catalog.stream().map(ProviderEntry::id).collect(Collectors.joining(", "))));
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
}
