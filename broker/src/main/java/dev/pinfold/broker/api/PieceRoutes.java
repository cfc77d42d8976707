package dev.pinfold.broker.api;

import dev.pinfold.broker.BrokerException;
import dev.pinfold.broker.ErrorKind;
import dev.pinfold.broker.cold.PieceShelf;
import dev.pinfold.broker.cold.PieceState;
import dev.pinfold.broker.pin.Caller.Scope;
import dev.pinfold.broker.store.PieceDetails;
import dev.pinfold.broker.store.PieceDetails.Fetchable;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.piece.PieceCid;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Pieces: {@code GET|HEAD /piece/{pieceCid}} for storage providers, with the token of their deal, and what the operator
 * asks about them. What is served is the payload: the CAR without the zeros that fill the piece.
 */
public final class PieceRoutes {
    private static final String FETCHABLE = "pinfold.piece";
    private static final int MOST = 1000;
    private static final int MOST_ENTRIES = 50_000;

    private final PieceDetails pieces;
    private final PieceShelf shelf;
    private final Authenticator auth;

    public PieceRoutes(PieceDetails pieces, PieceShelf shelf, Authenticator auth) {
        this.pieces = pieces;
        this.shelf = shelf;
        this.auth = auth;
    }

    public void mount(Router router) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD)) {
            router.route(method, "/piece/:cid").handler(this::open);
            router.route(method, "/piece/:cid").handler(auth.require(Scope.OPERATOR));
            router.route(method, "/piece/:cid").handler(this::serve);
        }
        router.get("/api/v1/pieces").handler(auth.require(Scope.OPERATOR)).handler(this::list);
        router.get("/api/v1/pieces/:id").handler(auth.require(Scope.OPERATOR)).handler(this::show);
    }

    /** Looks the piece up; serves it at once to who has a deal's token, else goes on to ask for an operator's. */
    private void open(RoutingContext ctx) {
        PieceCid cid = pieceCid(ctx.pathParam("cid"));
        String token = Authenticator.bearer(ctx);
        // Who is asked next listens to the end of the request, which must not pass meanwhile.
        ctx.request().pause();
        pieces.fetchable(cid.commitment(), Tokens.hash(token == null ? "" : token))
                .onSuccess(found -> {
                    ctx.request().resume();
                    found.filter(piece -> names(cid, piece)).ifPresent(piece -> ctx.put(FETCHABLE, piece));
                    if (found.isPresent() && found.get().granted()) {
                        serve(ctx);
                    } else {
                        ctx.next();
                    }
                })
                .onFailure(e -> {
                    ctx.request().resume();
                    ctx.fail(e);
                });
    }

    private static PieceCid pieceCid(String text) {
        try {
            return PieceCid.parse(text);
        } catch (ContentException e) {
            throw new BrokerException(ErrorKind.BAD_REQUEST, String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean names(PieceCid cid, Fetchable found) {
        return switch (cid) {
            case PieceCid.V1 v1 -> true;
            case PieceCid.V2 v2 -> v2.piece().equals(found.piece());
        };
    }

    private void serve(RoutingContext ctx) {
        Fetchable found = ctx.get(FETCHABLE);
        Path file = found == null ? null : shelf.find(found.id()).orElse(null);
        if (found == null || file == null) {
            throw new BrokerException(
                    ErrorKind.NOT_FOUND,
                    "this broker has no piece " + Shown.of(ctx.pathParam("cid"))
                            + (found == null ? "" : " on its disk; another broker of the same service wrote it"));
        }
        String etag = "\"" + found.piece().cidV2() + "\"";
        HttpServerResponse response = ctx.response()
                .putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=29030400, immutable")
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/vnd.ipld.car;version=1");
        if (ByteRange.matches(ctx.request().getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
            response.setStatusCode(304).end();
            return;
        }
        String ifRange = ctx.request().getHeader("If-Range");
        String asked = ifRange == null || ifRange.equals(etag) ? ctx.request().getHeader("Range") : null;
        send(
                ctx,
                file,
                ByteRange.of(asked, found.piece().payload()),
                found.piece().payload());
    }

    private static void send(RoutingContext ctx, Path file, ByteRange range, long whole) {
        HttpServerResponse response = ctx.response();
        switch (range) {
            case ByteRange.None none ->
                response.setStatusCode(416)
                        .putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + whole)
                        .end();
            case ByteRange.All all -> send(ctx, file, 0, whole);
            case ByteRange.Part part -> {
                response.setStatusCode(206)
                        .putHeader(
                                HttpHeaders.CONTENT_RANGE,
                                "bytes " + part.first() + "-" + (part.first() + part.length() - 1) + "/" + whole);
                send(ctx, file, part.first(), part.length());
            }
        }
    }

    private static void send(RoutingContext ctx, Path file, long first, long length) {
        HttpServerResponse response = ctx.response();
        if (ctx.request().method().equals(HttpMethod.HEAD) || length == 0) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length))
                    .end();
        } else {
            response.sendFile(file.toAbsolutePath().toString(), first, length)
                    // Part of the answer may be out: only a broken connection tells that it is not whole.
                    .onFailure(e -> ctx.request().connection().close());
        }
    }

    private void list(RoutingContext ctx) {
        String state = ctx.request().getParam("state");
        if (state != null
                && Arrays.stream(PieceState.values()).noneMatch(s -> s.word().equals(state))) {
            throw PinBodies.bad("'" + Shown.of(state) + "' is no state of a piece; use one of "
                    + Arrays.stream(PieceState.values()).map(PieceState::word).collect(Collectors.joining(", ")));
        }
        pieces.list(state, MOST)
                .onSuccess(all -> answer(ctx, new JsonObject().put("pieces", all)))
                .onFailure(ctx::fail);
    }

    private void show(RoutingContext ctx) {
        String text = ctx.pathParam("id");
        boolean number = text.matches("[0-9]{1,18}");
        pieces.one(
                        number ? Long.valueOf(text) : null,
                        number ? null : pieceCid(text).commitment(),
                        MOST_ENTRIES)
                .onSuccess(found -> found.ifPresentOrElse(
                        piece -> answer(ctx, piece),
                        () -> ctx.fail(new BrokerException(
                                ErrorKind.NOT_FOUND,
                                "there is no piece " + Shown.of(text).toLowerCase(Locale.ROOT)
                                        + "; see 'pinfold piece ls'"))))
                .onFailure(ctx::fail);
    }

    private static void answer(RoutingContext ctx, JsonObject json) {
        ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(json.toBuffer());
    }
}
