package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.alert.Alert;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.AlertStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;

/** {@code /api/v1/alerts}: what operators should know, and that they have seen to it. */
public final class AlertRoutes {
    private static final int MOST = 500;

    private final AlertStore store;
    private final Authenticator auth;

    public AlertRoutes(AlertStore store, Authenticator auth) {
        this.store = store;
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/alerts").handler(auth.require(Scope.OPERATOR)).handler(OffLoop.answering(ctx -> {
            boolean cleared = cleared(ctx);
            long before = before(ctx);
            return () -> OffLoop.ok(list(store.newest(cleared, before, MOST)));
        }));
        router.delete("/api/v1/alerts/:id")
                .handler(auth.require(Scope.OPERATOR))
                .handler(OffLoop.answering(ctx -> {
                    long id = number("the alert's id", ctx.pathParam("id"));
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> OffLoop.ok(store.clearByHand(id, author)
                            .map(AlertRoutes::json)
                            .orElseThrow(() -> new BrokerException(ErrorKind.NOT_FOUND, "no alert has the id " + id)));
                }));
    }

    private static boolean cleared(RoutingContext ctx) {
        String state = ctx.request().getParam("state", "open");
        if (!state.equals("open") && !state.equals("all")) {
            throw PinBodies.bad("'state' must be open or all, not '" + Shown.of(state) + "'");
        }
        return state.equals("all");
    }

    private static long before(RoutingContext ctx) {
        String before = ctx.request().getParam("before");
        return before == null ? Long.MAX_VALUE : number("'before'", before);
    }

    private static long number(String what, String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw PinBodies.bad(what + " must be a number, not '" + Shown.of(text) + "'");
        }
        return Long.parseLong(text);
    }

    private static JsonObject list(List<Alert> alerts) {
        JsonArray all = new JsonArray();
        alerts.forEach(alert -> all.add(json(alert)));
        return new JsonObject().put("alerts", all).put("more", alerts.size() == MOST);
    }

    private static JsonObject json(Alert alert) {
        return new JsonObject()
                .put("id", alert.id())
                .put("kind", alert.kind().word())
                .put("severity", alert.kind().severity().name().toLowerCase(Locale.ROOT))
                .put("subject", alert.subject())
                .put("message", alert.message())
                .put("since", alert.since().toString())
                .put(
                        "clearedAt",
                        alert.clearedAt() == null ? null : alert.clearedAt().toString())
                .put("clearedBy", alert.clearedBy());
    }
}
