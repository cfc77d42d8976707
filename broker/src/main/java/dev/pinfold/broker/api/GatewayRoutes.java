package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.retrieval.ContentRefusal;
import dev.pinfold.broker.retrieval.Flight;
import dev.pinfold.broker.retrieval.Retrieval;
import dev.pinfold.broker.retrieval.Want;
import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.unixfs.UnixFsReader;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code GET|HEAD /ipfs/{cid}[/path]} of the trustless gateway specification: one raw block, or what the path names,
 * with the blocks that lead there, as a CARv1 in depth-first order without duplicates. Every block is verified before it is sent; an answer that cannot be finished
 * ends as a broken connection.
 */
public final class GatewayRoutes implements AutoCloseable {
    private static final String RAW = "application/vnd.ipld.raw";
    private static final String CAR = "application/vnd.ipld.car";
    private static final String FOREVER = "public, max-age=29030400, immutable";

    private final Retrieval retrieval;
    private final DagLimits limits;
    private final ExecutorService readers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("gateway-", 0).factory());

    /**
     * Makes the routes.
     *
     * @param retrieval opens the blocks below a root, wherever they are held
     */
    public GatewayRoutes(Retrieval retrieval, DagLimits limits) {
        this.retrieval = retrieval;
        this.limits = limits;
    }

    public void mount(Router router) {
        router.route(HttpMethod.GET, "/ipfs/:cid").handler(this::serve);
        router.route(HttpMethod.HEAD, "/ipfs/:cid").handler(this::serve);
        router.route(HttpMethod.GET, "/ipfs/:cid/*").handler(this::serve);
        router.route(HttpMethod.HEAD, "/ipfs/:cid/*").handler(this::serve);
    }

    private void serve(RoutingContext ctx) {
        Cid cid = PinBodies.cid("the path", ctx.pathParam("cid"));
        boolean car = wantsCar(ctx);
        String rest = ctx.pathParam("*");
        String path = rest == null ? "" : rest;
        if (!car && !path.isEmpty()) {
            throw PinBodies.bad("a raw block has no path; ask for its own CID, or for ?format=car");
        }
        Context context = ctx.vertx().getOrCreateContext();
        readers.execute(() -> {
            Want.Scope scope = car ? Want.Scope.ALL : Want.Scope.BLOCK;
            try (Flight source = retrieval.open(new Want(cid, path, scope, Optional.empty()))) {
                Block root = source.block(cid, new Verifier());
                if (car) {
                    sendCar(ctx, context, cid, way(source, cid, path), source);
                } else {
                    context.runOnContext(none -> sendRaw(ctx, cid, root));
                }
            } catch (ContentException e) {
                ErrorKind kind =
                        e.kind() == ContentException.Kind.INCOMPLETE ? ErrorKind.NOT_FOUND : ContentRefusal.kind(e);
                context.runOnContext(
                        none -> ctx.fail(new BrokerException(kind, cid + " cannot be served: " + e.getMessage(), e)));
            } catch (IOException e) {
                context.runOnContext(none -> ctx.fail(new BrokerException(
                        ErrorKind.BAD_GATEWAY, cid + " could not be read to the end: " + e.getMessage(), e)));
            } catch (RuntimeException e) {
                context.runOnContext(none -> ctx.fail(e));
            }
        });
    }

    /** The format of the URL wins over the Accept header (IPIP-0523). */
    private static boolean wantsCar(RoutingContext ctx) {
        String format = ctx.request().getParam("format");
        if (format == null) {
            String accept =
                    String.valueOf(ctx.request().getHeader(HttpHeaders.ACCEPT)).toLowerCase(Locale.ROOT);
            format = accept.contains(CAR) ? "car" : accept.contains(RAW) ? "raw" : "";
        }
        return switch (format) {
            case "car" -> true;
            case "raw" -> false;
            case "" ->
                throw new BrokerException(
                        ErrorKind.NOT_ACCEPTABLE,
                        "say what you want: ?format=raw for the block, ?format=car for the DAG");
            default ->
                throw new BrokerException(
                        ErrorKind.NOT_ACCEPTABLE,
                        "format '" + Shown.of(format) + "' is not served here; ask for raw or car");
        };
    }

    private static void sendRaw(RoutingContext ctx, Cid cid, Block root) {
        HttpServerResponse response = head(ctx, cid, RAW, "bin", "\"" + cid + ".raw\"");
        byte[] bytes = root.bytes();
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length))
                    .end();
        } else {
            response.end(Buffer.buffer(bytes));
        }
    }

    /**
     * The blocks that lead from a root down a path.
     *
     * @param blocks those that were met before the target, which prove the way
     * @param target what the path names
     */
    private record Way(List<Block> blocks, Cid target) {}

    private static Way way(BlockSource source, Cid root, String path) throws IOException {
        Map<Cid, Block> met = new LinkedHashMap<>();
        Verifier verifier = new Verifier();
        BlockSource noting = cid -> {
            byte[] bytes = source.find(cid);
            if (bytes != null) {
                met.put(cid, Block.verified(cid, bytes, verifier));
            }
            return bytes;
        };
        Cid target = path.isEmpty()
                ? root
                : new UnixFsReader(noting).resolve(root, path).getLast();
        met.remove(target);
        return new Way(List.copyOf(met.values()), target);
    }

    private void sendCar(RoutingContext ctx, Context context, Cid cid, Way way, BlockSource source) throws IOException {
        ResponseStream out = new ResponseStream(ctx.response(), context);
        context.runOnContext(none -> {
            HttpServerResponse response =
                    head(ctx, cid, CAR + ";version=1;order=dfs;dups=n", "car", "\"" + cid + ".car.dfs.n\"");
            response.putHeader("Accept-Ranges", "none");
            if (ctx.request().method().equals(HttpMethod.HEAD)) {
                response.end();
            } else {
                response.setChunked(true);
            }
        });
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            return;
        }
        CarWriter car = new CarWriter(out, List.of(cid));
        for (Block block : way.blocks()) {
            car.accept(block);
        }
        new DagWalk(source, limits).walk(List.of(way.target()), car);
        out.flush();
        context.runOnContext(none -> ctx.response().end());
    }

    private static HttpServerResponse head(RoutingContext ctx, Cid cid, String type, String ending, String etag) {
        return ctx.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader("Content-Disposition", "attachment; filename=\"" + cid + "." + ending + "\"")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, FOREVER)
                .putHeader("X-Ipfs-Path", "/ipfs/" + cid)
                .putHeader("X-Ipfs-Roots", cid.toString());
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
