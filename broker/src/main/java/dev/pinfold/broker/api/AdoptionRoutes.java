package dev.pinfold.broker.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.Adopter;
import dev.pinfold.broker.provider.Fleet;
import dev.pinfold.broker.provider.GuardedProvider;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/v1/providers/{id}/adoptions}: takes over one page of what a provider holds already. */
public final class AdoptionRoutes {
    private static final int MOST_CIDS = 1_000;

    private final Adopter adopter;
    private final Fleet fleet;
    private final Authenticator auth;
    private final Runnable adopted;

    /**
     * Makes the routes.
     *
     * @param adopted called when something was taken over
     */
    public AdoptionRoutes(Adopter adopter, Fleet fleet, Authenticator auth, Runnable adopted) {
        this.adopter = adopter;
        this.fleet = fleet;
        this.auth = auth;
        this.adopted = adopted;
    }

    public void mount(Router router) {
        router.post("/api/v1/providers/:id/adoptions")
                .handler(auth.require(Scope.OPERATOR))
                .handler(BoundedBody.upTo(256 * 1024))
                .handler(OffLoop.answering(this::adopt));
    }

    private OffLoop.Work adopt(RoutingContext ctx) {
        GuardedProvider provider = provider(ctx.pathParam("id"));
        JsonNode body = BoundedBody.object(ctx, Set.of("cids", "all", "name", "apply", "from"));
        Set<String> cids = cids(body);
        Adopter.Wish wish = new Adopter.Wish(cids, text(body, "name", 255), flag(body, "apply"));
        String from = text(body, "from", 4_096);
        Caller caller = Authenticator.caller(ctx);
        return () -> {
            Adopter.Page page = adopter.adopt(provider, caller, wish, from);
            if (page.found().stream().anyMatch(f -> f.verdict() == Adopter.Verdict.ADOPTED)) {
                adopted.run();
            }
            return OffLoop.ok(json(provider.id(), wish, page));
        };
    }

    private GuardedProvider provider(String id) {
        return fleet.find(id)
                .orElseThrow(() -> new BrokerException(
                        ErrorKind.NOT_FOUND,
                        "no provider is called '" + Shown.of(id) + "'; configured are "
                                + fleet.all().stream().map(GuardedProvider::id).collect(Collectors.joining(", "))));
    }

    private static Set<String> cids(JsonNode body) {
        JsonNode named = body.path("cids");
        boolean all = flag(body, "all");
        if (!named.isMissingNode() && (!named.isArray() || named.isEmpty() || named.size() > MOST_CIDS)) {
            throw PinBodies.bad("'cids' must be a list of 1 to " + MOST_CIDS + " CIDs");
        }
        if (named.isMissingNode() != all) {
            throw PinBodies.bad("say what is meant: either 'cids', or 'all': true");
        }
        Set<String> cids = new LinkedHashSet<>();
        named.forEach(
                cid -> cids.add(PinBodies.cid("each of 'cids'", cid.asText()).canonical()));
        return cids;
    }

    private static boolean flag(JsonNode body, String field) {
        JsonNode node = body.path(field);
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw PinBodies.bad("'" + field + "' must be true or false");
        }
        return node.asBoolean();
    }

    private static @Nullable String text(JsonNode body, String field, int longest) {
        JsonNode node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isTextual() || node.asText().isEmpty() || node.asText().length() > longest) {
            throw PinBodies.bad("'" + field + "' must be a text of 1 to " + longest + " characters");
        }
        return node.asText();
    }

    private static JsonObject json(String provider, Adopter.Wish wish, Adopter.Page page) {
        JsonArray pins = new JsonArray();
        page.found()
                .forEach(found -> pins.add(new JsonObject()
                        .put("upstreamId", found.upstreamId())
                        .put("cid", found.cid())
                        .put("verdict", word(found.verdict()))
                        .put("detail", found.detail())));
        return new JsonObject()
                .put("provider", provider)
                .put("applied", wish.apply())
                .put("listed", page.listed())
                .put("pins", pins)
                .put("next", page.next());
    }

    private static String word(Adopter.Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
