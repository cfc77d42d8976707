package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.api.OffLoop.Answer;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.placement.NotFollowed;
import dev.pinfold.broker.placement.Policies;
import dev.pinfold.broker.placement.Policies.Outcome;
import dev.pinfold.broker.store.PolicyStore;
import dev.pinfold.broker.store.PolicyStore.Revision;
import dev.pinfold.policy.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NoSuchElementException;

/** {@code /api/v1/policies}: the policy in force, its history, another one in its place, an earlier one back. */
public final class PolicyRoutes {
    private static final int MOST_HISTORY = 200;

    private final Policies policies;
    private final PolicyStore store;
    private final Authenticator auth;

    public PolicyRoutes(Policies policies, PolicyStore store, Authenticator auth) {
        this.policies = policies;
        this.store = store;
        this.auth = auth;
    }

    public void mount(Router router) {
        router.get("/api/v1/policies")
                .handler(auth.require(Scope.OPERATOR))
                .handler(OffLoop.answering(ctx -> () -> OffLoop.ok(list())));
        router.put("/api/v1/policies")
                .handler(auth.require(Scope.OPERATOR))
                .handler(BoundedBody.upTo(Policies.MOST_BYTES))
                .handler(OffLoop.answering(ctx -> {
                    String text = text(ctx);
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> answer(policies.put(text, author));
                }));
        router.get("/api/v1/policies/:revision")
                .handler(auth.require(Scope.OPERATOR))
                .handler(this::one);
        router.post("/api/v1/policies/:revision/rollback")
                .handler(auth.require(Scope.OPERATOR))
                .handler(OffLoop.answering(ctx -> {
                    String asked = ctx.pathParam("revision");
                    String author = Authenticator.caller(ctx).tokenName();
                    return () -> rollback(asked, author);
                }));
    }

    /** The text of a policy that came as a body; what is no UTF-8 is refused. */
    static String text(RoutingContext ctx) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(BoundedBody.of(ctx)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BrokerException(ErrorKind.BAD_REQUEST, "the body is not UTF-8 text", e);
        }
    }

    private JsonObject list() {
        JsonArray history = new JsonArray();
        store.history(MOST_HISTORY).forEach(revision -> history.add(json(revision)));
        Policies.FileState file = policies.fileState();
        long inForce = policies.current().revision().revision();
        String state = !file.problems().isEmpty()
                ? "refused"
                : file.revision() != null && file.revision() == inForce ? "in-force" : "superseded";
        return new JsonObject()
                .put("inForce", json(policies.current().revision()))
                .put("notFollowed", notFollowed())
                .put(
                        "file",
                        new JsonObject()
                                .put("path", policies.file().toString())
                                .put("state", state)
                                .put("revision", file.revision())
                                .put("problems", problems(file.problems())))
                .put("history", history);
    }

    /** The keys of the policy in force that this broker takes from its configuration instead. */
    private JsonArray notFollowed() {
        return new JsonArray(NotFollowed.keys(policies.get()));
    }

    private static JsonObject json(Revision revision) {
        return new JsonObject()
                .put("revision", revision.revision())
                .put("name", revision.name())
                .put("source", revision.source())
                .put("author", revision.author())
                .put("restores", revision.restores())
                .put("since", revision.since().toString());
    }

    /** What is wrong in a document, each with its place. */
    static JsonArray problems(List<Problem> problems) {
        JsonArray all = new JsonArray();
        problems.forEach(problem -> all.add(new JsonObject()
                .put("file", problem.file())
                .put("line", problem.line())
                .put("column", problem.column())
                .put("message", problem.message())));
        return all;
    }

    private Answer answer(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Adopted adopted ->
                OffLoop.ok(new JsonObject()
                        .put("revision", adopted.revision())
                        .put("before", adopted.before())
                        .put("notFollowed", notFollowed()));
            case Outcome.Broken broken -> broken(broken.problems());
            case Outcome.Stale stale -> throw new BrokerException(ErrorKind.CONFLICT, stale.text());
        };
    }

    /** The refusal of a policy text: as every failure, and the problems one by one. */
    static Answer broken(List<Problem> problems) {
        String details = "the policy has " + problems.size() + (problems.size() == 1 ? " problem" : " problems")
                + "; nothing changed. " + problems.getFirst();
        return new Answer(
                ErrorKind.BAD_REQUEST.status(),
                new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("reason", ErrorKind.BAD_REQUEST.reason())
                                        .put("details", details))
                        .put("problems", problems(problems)));
    }

    /** JSON where it is asked for, the text as it was written otherwise. */
    private void one(RoutingContext ctx) {
        boolean json =
                String.valueOf(ctx.request().getHeader(HttpHeaders.ACCEPT)).contains("application/json");
        String asked = ctx.pathParam("revision");
        OffLoop.run(ctx, () -> find(asked), revision -> {
            if (json) {
                OffLoop.send(ctx, OffLoop.ok(json(revision).put("text", revision.text())));
            } else {
                ctx.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
                        .end(revision.text());
            }
        });
    }

    private Revision find(String asked) {
        if (asked.equals("current")) {
            return policies.current().revision();
        }
        return store.find(number(asked)).orElseThrow(() -> unknown(asked));
    }

    private static long number(String asked) {
        if (!asked.matches("[0-9]{1,18}")) {
            throw unknown(asked);
        }
        return Long.parseLong(asked);
    }

    private static BrokerException unknown(String asked) {
        return new BrokerException(
                ErrorKind.NOT_FOUND,
                "no policy has the revision '" + Shown.of(asked) + "'; GET /api/v1/policies lists them");
    }

    private Answer rollback(String asked, String author) {
        try {
            return answer(policies.rollback(number(asked), author));
        } catch (NoSuchElementException e) {
            throw unknown(asked);
        }
    }
}
