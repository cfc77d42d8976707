package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.cold.Deal;
import dev.pinfold.broker.cold.DealDocument;
import dev.pinfold.broker.cold.DealState;
import dev.pinfold.broker.cold.Networks;
import dev.pinfold.broker.cold.Receipts;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.Database;
import dev.pinfold.broker.store.DealLists;
import dev.pinfold.broker.store.PinDetails;
import dev.pinfold.content.Cid;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Storage deals for the operator, and the receipts of a pin for its owner. */
public final class DealRoutes {
    private static final int PAGE = 100;
    private static final int MOST = 1000;

    private final Database database;
    private final DealLists deals;
    private final PinDetails pins;
    private final Receipts receipts;
    private final Networks networks;
    private final Authenticator auth;

    public DealRoutes(
            Database database,
            DealLists deals,
            PinDetails pins,
            Receipts receipts,
            Networks networks,
            Authenticator auth) {
        this.database = database;
        this.deals = deals;
        this.pins = pins;
        this.receipts = receipts;
        this.networks = networks;
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/deals").handler(auth.require(Scope.OPERATOR)).handler(this::list);
        router.get("/api/v1/deals/:id").handler(auth.require(Scope.OPERATOR)).handler(this::show);
        router.get("/api/v1/pins/:requestid/receipts")
                .handler(auth.require(Scope.PINS_READ))
                .handler(this::receipts);
    }

    private void list(RoutingContext ctx) {
        DealState state = state(ctx.request().getParam("state"));
        Long piece = piece(ctx.request().getParam("piece"));
        String provider = ctx.request().getParam("provider");
        UUID pin = id("pin", ctx.request().getParam("pin"));
        UUID before = id("before", ctx.request().getParam("before"));
        int limit = limit(ctx.request().getParam("limit"));
        answer(ctx, () -> {
            String content = pin == null
                    ? null
                    : Cid.parse(pin(pin, null).getString("cid")).canonical();
            List<Deal> page = await(deals.list(new DealLists.Filter(state, piece, provider, content), before, limit));
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            ArrayNode all = json.putArray("deals");
            page.forEach(deal -> all.add(document(deal)));
            if (page.size() == limit) {
                json.put("next", page.getLast().id().toString());
            }
            return json;
        });
    }

    private void show(RoutingContext ctx) {
        String text = ctx.pathParam("id");
        UUID id = id("id", text);
        answer(
                ctx,
                () -> await(deals.one(java.util.Objects.requireNonNull(id)))
                        .map(this::document)
                        .orElseThrow(() -> new BrokerException(
                                ErrorKind.NOT_FOUND,
                                "there is no deal " + Shown.of(text) + "; see 'pinfold deal ls'")));
    }

    private ObjectNode document(Deal deal) {
        return DealDocument.of(deal, networks.of(deal.intent().maker()));
    }

    /** Operators see every pin, others those of their tenant. */
    private void receipts(RoutingContext ctx) {
        UUID id = PinRoutes.requestId(ctx);
        Caller caller = Authenticator.caller(ctx);
        Integer tenant = caller.scopes().contains(Scope.OPERATOR) ? null : caller.tenantId();
        answer(ctx, () -> {
            JsonObject pin = pin(id, tenant);
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            ArrayNode all = json.putArray("receipts");
            receipts.of(id, Cid.parse(pin.getString("cid"))).forEach(all::add);
            return json;
        });
    }

    private JsonObject pin(UUID id, @Nullable Integer tenant) {
        return await(pins.placement(id, tenant))
                .orElseThrow(() -> new BrokerException(ErrorKind.NOT_FOUND, "no pin has the requestid " + id));
    }

    private <T> T await(Future<T> future) {
        return database.await(future);
    }

    private static @Nullable DealState state(@Nullable String word) {
        if (word == null) {
            return null;
        }
        return Arrays.stream(DealState.values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> PinBodies.bad("'" + Shown.of(word) + "' is no state of a deal; use one of "
                        + Arrays.stream(DealState.values()).map(DealState::word).collect(Collectors.joining(", "))));
    }

    private static @Nullable Long piece(@Nullable String number) {
        if (number != null && !number.matches("[0-9]{1,18}")) {
            throw PinBodies.bad("'" + Shown.of(number) + "' is no number of a piece; see 'pinfold piece ls'");
        }
        return number == null ? null : Long.valueOf(number);
    }

    private static @Nullable UUID id(String name, @Nullable String text) {
        if (text != null && !text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw PinBodies.bad(name + " must be a UUID, not '" + Shown.of(text) + "'");
        }
        return text == null ? null : UUID.fromString(text);
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return PAGE;
        }
        if (text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MOST) {
            return Integer.parseInt(text);
        }
        throw PinBodies.bad("limit must be 1 to " + MOST + ", not '" + Shown.of(text) + "'");
    }

    private static void answer(RoutingContext ctx, Callable<ObjectNode> work) {
        OffLoop.run(
                ctx,
                work,
                json -> ctx.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .end(json.toString()));
    }
}
