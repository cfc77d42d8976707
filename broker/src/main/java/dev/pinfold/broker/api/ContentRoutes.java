package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.pin.PinDraft;
import dev.pinfold.broker.pin.PinRow;
import dev.pinfold.broker.pin.PinService;
import dev.pinfold.broker.retrieval.BlockCache;
import dev.pinfold.broker.retrieval.Imported;
import dev.pinfold.broker.retrieval.Staged;
import dev.pinfold.broker.retrieval.Staging;
import dev.pinfold.broker.retrieval.TreeUpload;
import dev.pinfold.content.dag.DagLimits;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v1/content}: bytes come in, verified content and its pins come out. A CAR is imported, a
 * {@code multipart/form-data} body becomes a directory, anything else one UnixFS file. The body is never held in memory.
 */
public final class ContentRoutes implements AutoCloseable {
    private static final String CAR = "application/vnd.ipld.car";

    private final Staging staging;
    private final BlockCache cache;
    private final PinService pins;
    private final Authenticator auth;
    private final RateLimiter limiter;
    private final Runnable requireSpace;
    private final Limits limits;
    private final ExecutorService uploads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("upload-", 0).factory());

    /** How much a client may send. */
    public record Limits(long maxUploadBytes, int maxMetaKeys, DagLimits dag) {}

    /**
     * Makes the routes.
     *
     * @param cache keeps the blocks of DAGs that are not whole
     */
    public ContentRoutes(
            Staging staging,
            BlockCache cache,
            PinService pins,
            Authenticator auth,
            RateLimiter limiter,
            Runnable requireSpace,
            Limits limits) {
        this.staging = staging;
        this.cache = cache;
        this.pins = pins;
        this.auth = auth;
        this.limiter = limiter;
        this.requireSpace = requireSpace;
        this.limits = limits;
    }

    public void mount(Router router) {
        router.post("/api/v1/content")
                .handler(auth.require(Scope.CONTENT_WRITE))
                .handler(limiter.handler())
                .handler(this::upload);
    }

    /** What the query asks for. */
    private record Wish(
            boolean pin, @Nullable String name, @Nullable Map<String, String> meta) {}

    private interface Import {
        Imported run() throws IOException;
    }

    private void upload(RoutingContext ctx) {
        requireSpace.run();
        Wish wish = wish(ctx.queryParams());
        AtomicLong left = new AtomicLong(limits.maxUploadBytes());
        Context context = ctx.vertx().getOrCreateContext();
        String type = String.valueOf(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE))
                .split(";", 2)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        Import work = switch (type) {
            case CAR -> {
                UploadStream body = new UploadStream(ctx.request(), context, left);
                yield () -> car(body, wish.pin());
            }
            case "multipart/form-data" -> directory(ctx, context, left);
            default -> {
                UploadStream body = new UploadStream(ctx.request(), context, left);
                yield () -> whole(List.of(staging.addFile(body)));
            }
        };
        Caller caller = Authenticator.caller(ctx);
        uploads.execute(() -> {
            try {
                Imported imported = work.run();
                pinAll(caller, wish, imported.whole())
                        .onSuccess(rows -> context.runOnContext(none -> answer(ctx, imported, rows)))
                        .onFailure(e -> context.runOnContext(none -> ctx.fail(e)));
            } catch (IOException | UncheckedIOException e) {
                BrokerException broken = new BrokerException(
                        ErrorKind.BAD_REQUEST, "the upload could not be read: " + e.getMessage(), e);
                context.runOnContext(none -> ctx.fail(broken));
            } catch (RuntimeException e) {
                context.runOnContext(none -> ctx.fail(e));
            }
        });
    }

    /** What is pinned must be whole; what is only kept for readers need not be. */
    private Imported car(UploadStream body, boolean pin) throws IOException {
        return pin ? whole(staging.importCar(body, limits.dag())) : staging.importPartial(body, limits.dag(), cache);
    }

    private static Imported whole(List<Staged> roots) {
        return new Imported(roots, List.of());
    }

    private Wish wish(MultiMap query) {
        String pin = query.get("pin");
        if (pin != null && !pin.equals("true") && !pin.equals("false")) {
            throw PinBodies.bad("query parameter 'pin' must be true or false, not '" + Shown.of(pin) + "'");
        }
        String name = query.get("name");
        String meta = query.get("meta");
        return new Wish(
                !"false".equals(pin),
                name == null ? null : PinBodies.name("query parameter 'name'", name),
                meta == null
                        ? null
                        : PinBodies.strings(
                                "query parameter 'meta'",
                                PinBodies.json(meta.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                                limits.maxMetaKeys()));
    }

    private record Part(String path, UploadStream body) {}

    private record Event(@Nullable Part part, @Nullable Throwable failure) {}

    /** Parts come on the event loop and are written on a virtual thread, one after the other. */
    private Import directory(RoutingContext ctx, Context context, AtomicLong left) {
        if (!String.valueOf(ctx.request().getHeader(HttpHeaders.CONTENT_TYPE)).matches("(?is).*;\\s*boundary=.+")) {
            throw PinBodies.bad("the Content-Type multipart/form-data names no boundary");
        }
        LinkedBlockingQueue<Event> parts = new LinkedBlockingQueue<>();
        ctx.request().setExpectMultipart(true);
        ctx.request().exceptionHandler(e -> parts.add(new Event(null, e)));
        ctx.request().uploadHandler(upload -> parts.add(new Event(part(upload, context, left), null)));
        ctx.request().endHandler(none -> parts.add(new Event(null, null)));
        return () -> {
            try (TreeUpload tree = staging.addTree()) {
                boolean empty = true;
                for (Part part = next(parts); part != null; part = next(parts)) {
                    tree.addFile(PinBodies.text("the name of a file", part.path()), part.body());
                    empty = false;
                }
                if (empty) {
                    // Also what a form that broke off, or has another boundary than announced, looks like.
                    throw PinBodies.bad("the form holds no file; send each as a part with a filename");
                }
                return whole(List.of(tree.finish()));
            }
        };
    }

    private static Part part(HttpServerFileUpload upload, Context context, AtomicLong left) {
        String path =
                upload.filename().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        return new Part(path, new UploadStream(upload, context, left));
    }

    private static @Nullable Part next(LinkedBlockingQueue<Event> parts) throws IOException {
        try {
            Event event = parts.poll(60, TimeUnit.SECONDS);
            if (event == null) {
                throw new IOException("the client sent nothing for 60 s");
            }
            if (event.failure() != null) {
                throw new IOException(event.failure().getMessage(), event.failure());
            }
            return event.part();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading the upload", e);
        }
    }

    private Future<List<PinRow>> pinAll(Caller caller, Wish wish, List<Staged> roots) {
        if (!wish.pin()) {
            return Future.succeededFuture(List.of());
        }
        if (!caller.scopes().contains(Scope.PINS_WRITE) && !caller.scopes().contains(Scope.OPERATOR)) {
            return Future.failedFuture(new BrokerException(
                    ErrorKind.FORBIDDEN,
                    "token '" + caller.tokenName() + "' may upload but not pin; send pin=false, or use a token with "
                            + Scope.PINS_WRITE.word()));
        }
        List<Future<PinRow>> added = new ArrayList<>();
        for (Staged root : roots) {
            PinDraft draft = new PinDraft(root.root(), root.root().toString(), wish.name(), List.of(), wish.meta());
            added.add(pins.add(caller, draft, null));
        }
        return Future.all(added).map(all -> all.list());
    }

    private static void answer(RoutingContext ctx, Imported imported, List<PinRow> rows) {
        JsonArray cids = new JsonArray();
        imported.whole().forEach(root -> cids.add(root.root().toString()));
        JsonArray statuses = new JsonArray();
        rows.forEach(row -> statuses.add(new JsonObject(PinJson.status(row))));
        JsonArray incomplete = new JsonArray();
        for (Imported.Partial partial : imported.partial()) {
            JsonArray missing = new JsonArray();
            partial.missing().forEach(cid -> missing.add(cid.toString()));
            incomplete.add(
                    new JsonObject().put("root", partial.root().toString()).put("missing", missing));
        }
        JsonObject answer =
                new JsonObject().put("roots", cids).put("pins", statuses).put("incomplete", incomplete);
        PinRoutes.json(ctx, 202, answer.toBuffer());
    }

    @Override
    public void close() {
        uploads.shutdownNow();
    }
}
