package dev.pinfold.kit.filecoin;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The HTTP side of a storage provider: both markets, uploads and retrieval. */
final class ProviderServer {
    private static final String CBOR = "application/cbor";

    private final Vertx vertx;
    private final Handling handling;
    private final Mk12Market mk12;
    private final Mk20Market mk20;
    private final Uploads uploads;
    private final Serving serving;
    private final CurioAuth auth;
    private final TestKey worker;
    private final String name;

    ProviderServer(
            Vertx vertx,
            Handling handling,
            Mk12Market mk12,
            Mk20Market mk20,
            Uploads uploads,
            Serving serving,
            CurioAuth auth,
            TestKey worker,
            String name) {
        this.vertx = vertx;
        this.handling = handling;
        this.mk12 = mk12;
        this.mk20 = mk20;
        this.uploads = uploads;
        this.serving = serving;
        this.auth = auth;
        this.worker = worker;
        this.name = name;
    }

    /** Something that reads a request's body and may find that it is none. */
    private interface Answering {
        Reply answer(byte[] body) throws IOException;
    }

    private interface DealAnswering {
        Reply answer(ProviderDeal deal) throws IOException;
    }

    Router routes() {
        Router routes = Router.router(vertx);
        routes.post("/market/mk12/store")
                .handler(cbor("mk12/store", body -> Reply.of(200, null, Buffer.buffer(mk12.store(body)))));
        routes.get("/market/mk12/status")
                .handler(cbor("mk12/status", body -> Reply.of(200, null, Buffer.buffer(mk12.status(body)))));
        routes.get("/market/mk12/ask").handler(cbor("mk12/ask", this::ask));
        mk20Routes(routes);
        routes.get("/piece/:cid").handler(this::piece);
        routes.head("/piece/:cid").handler(this::piece);
        routes.get("/ipfs/*").handler(this::ipfs);
        routes.head("/ipfs/*").handler(this::ipfs);
        routes.get("/").handler(ctx -> Reply.text(200, name).send(ctx.request()));
        routes.get("/info")
                .handler(ctx ->
                        Reply.json(new JsonObject().put("name", name).encode()).send(ctx.request()));
        return routes;
    }

    private void mk20Routes(Router routes) {
        String base = "/market/mk20";
        routes.post(base + "/deal").handler(this::mk20Deal);
        routes.get(base + "/products").handler(list("products", "ddo_v1", "retrieval_v1"));
        routes.get(base + "/sources").handler(list("sources", "http", "http_put", "offline"));
        routes.get(base + "/contracts").handler(list("contracts"));
        routes.get(base + "/status/:id")
                .handler(ofDeal(
                        "mk20/status",
                        (deal, body) -> one -> Reply.json(mk20.status(one).encode())));
        routes.put(base + "/upload/:id").handler(ctx -> stream(ctx, uploads::put));
        routes.post(base + "/upload/:id").handler(ofDeal("mk20/upload", (deal, body) -> uploads::finish));
        routes.post(base + "/uploads/finalize/:id").handler(ofDeal("mk20/upload", (deal, body) -> uploads::finalise));
        routes.post(base + "/uploads/:id")
                .handler(ofDeal("mk20/upload", (deal, body) -> one -> uploads.start(one, body.toString())));
        routes.get(base + "/uploads/:id").handler(ofDeal("mk20/upload", (deal, body) -> uploads::progress));
        routes.put(base + "/uploads/:id/:chunk")
                .handler(ctx -> stream(
                        ctx, (deal, file) -> uploads.chunk(deal, Integer.parseInt(ctx.pathParam("chunk")), file)));
    }

    private Reply ask(byte[] body) {
        byte[] ask = mk12.ask(body, worker);
        return ask == null ? Reply.empty(500) : Reply.of(200, null, Buffer.buffer(ask));
    }

    private Handler<RoutingContext> cbor(String call, Answering answering) {
        return ctx -> body(
                ctx,
                body -> handling.serve(ctx.request(), call, () -> {
                    if (!CBOR.equals(ctx.request().getHeader("Content-Type"))) {
                        return Reply.empty(400);
                    }
                    try {
                        return answering.answer(body.getBytes());
                    } catch (WireException e) {
                        return Reply.text(400, Words.simulated(String.valueOf(e.getMessage())));
                    }
                }));
    }

    private void mk20Deal(RoutingContext ctx) {
        body(
                ctx,
                body -> handling.serve(ctx.request(), "mk20/deal", () -> {
                    Address client = client(ctx.request());
                    if (client == null) {
                        return Reply.text(401, Words.simulated("the request is not signed"));
                    }
                    if (!"application/json".equals(ctx.request().getHeader("Content-Type"))) {
                        return Reply.text(400, "Reason: " + Words.simulated("Content-Type must be application/json"));
                    }
                    Verdict verdict = mk20.deal(body.toString(), client);
                    return Reply.text(verdict.status(), verdict.body());
                }));
    }

    private Handler<RoutingContext> list(String key, String... items) {
        return ctx -> handling.serve(
                ctx.request(),
                "mk20/info",
                () -> client(ctx.request()) == null
                        ? Reply.text(401, Words.simulated("the request is not signed"))
                        : Reply.json(new JsonObject()
                                .put(key, new JsonArray(java.util.List.of((Object[]) items)))
                                .encode()));
    }

    private Handler<RoutingContext> ofDeal(String call, BiFunction<RoutingContext, Buffer, DealAnswering> answering) {
        return ctx -> body(ctx, body -> handling.serve(ctx.request(), call, owned(ctx, answering.apply(ctx, body))));
    }

    private Callable<Reply> owned(RoutingContext ctx, DealAnswering answering) {
        return () -> {
            Address client = client(ctx.request());
            if (client == null) {
                return Reply.text(401, Words.simulated("the request is not signed"));
            }
            ProviderDeal deal = mk20.find(ctx.pathParam("id"), client);
            if (deal == null) {
                return Reply.text(404, Words.simulated("deal not found"));
            }
            try {
                return answering.answer(deal);
            } catch (DecodeException | WireException e) {
                return Reply.text(400, Words.simulated(String.valueOf(e.getMessage())));
            }
        };
    }

    private interface Taking {
        Reply take(ProviderDeal deal, Path file) throws IOException;
    }

    /** A body that may be as large as a piece goes to disk as it comes. */
    private void stream(RoutingContext ctx, Taking taking) {
        HttpServerRequest request = ctx.request().pause();
        Path file = uploads.fresh();
        vertx.fileSystem()
                .open(file.toString(), new OpenOptions().setCreate(true).setWrite(true))
                .compose(request::pipeTo)
                .onSuccess(done -> handling.serve(request, "mk20/upload", owned(ctx, deal -> taking.take(deal, file))))
                .onFailure(failed -> Door.cut(request));
    }

    private void piece(RoutingContext ctx) {
        String range = ctx.request().getHeader("Range");
        String cid = ctx.pathParam("cid");
        handling.serve(ctx.request(), "piece", () -> serving.piece(cid, range));
    }

    private void ipfs(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String path = ctx.normalizedPath().substring("/ipfs/".length());
        String format = request.getParam("format");
        String accept = request.getHeader("Accept");
        String wanted = format != null
                ? format
                : accept != null && accept.contains("vnd.ipld.raw")
                        ? "raw"
                        : accept != null && accept.contains("vnd.ipld.car") ? "car" : null;
        String scope = request.getParam("dag-scope");
        handling.serve(request, "ipfs", () -> serving.ipfs(decoded(path), wanted, scope));
    }

    private static String decoded(String path) {
        return java.net.URLDecoder.decode(path.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    }

    private @Nullable Address client(HttpServerRequest request) {
        String path = request.path() == null ? "/" : request.path();
        return auth.client(request.getHeader("Authorization"), request.method().name(), path);
    }

    private static void body(RoutingContext ctx, Handler<Buffer> then) {
        ctx.request().body().onSuccess(then).onFailure(failed -> {
            if (!ctx.request().method().equals(HttpMethod.HEAD)) {
                Door.cut(ctx.request());
            }
        });
    }
}
