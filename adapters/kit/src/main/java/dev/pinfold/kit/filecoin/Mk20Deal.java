package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Cid;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceCid;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A deal of market 2.0 as its JSON says it, checked as far as that needs neither chain nor provider. Source: filecoin.md
 * section 6.2.
 */
record Mk20Deal(
        String id,
        String client,
        Cid pieceCid,
        Piece piece,
        boolean car,
        SourceKind source,
        List<Link> links,
        String provider,
        @Nullable Long startEpoch,
        long duration,
        long allocation,
        String marketAddress,
        boolean indexing) {
    static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");

    private static final Set<String> FORMATS = Set.of("car", "raw", "aggregate");

    enum SourceKind {
        HTTP,
        PUT,
        OFFLINE
    }

    record Link(URI url, Map<String, List<String>> headers, long priority, boolean fallback) {}

    /** Why a deal cannot be taken, with the status for it. */
    static final class Refused extends RuntimeException {
        final Verdict verdict;

        Refused(int status, String reason) {
            super(reason);
            this.verdict = new Verdict(status, reason);
        }
    }

    static Mk20Deal read(JsonObject deal) {
        String id = text(deal, "identifier");
        check(ULID.matcher(id).matches(), 400, "invalid deal identifier " + id);
        check(deal.getValue("data") instanceof JsonObject, 400, "no data source");
        check(deal.getValue("products") instanceof JsonObject, 400, "no products");
        JsonObject data = deal.getJsonObject("data");
        JsonObject products = deal.getJsonObject("products");
        JsonObject ddo = ddo(products);
        boolean car = format(data).equals("car");
        SourceKind source = source(data);
        Cid pieceCid = Json.readCid(data.getValue("piece_cid"));
        return new Mk20Deal(
                id,
                text(deal, "client"),
                pieceCid,
                piece(pieceCid),
                car,
                source,
                source == SourceKind.HTTP ? links(data.getJsonObject("source_http")) : List.of(),
                text(ddo, "provider"),
                ddo.getValue("start_epoch") == null ? null : (Long) Json.number(ddo.getValue("start_epoch")),
                ddo.getValue("duration") == null ? 0 : Json.number(ddo.getValue("duration")),
                ddo.getValue("allocation_id") == null ? 0 : Json.number(ddo.getValue("allocation_id")),
                ddo.getString("market_address", ""),
                indexing(products, car));
    }

    private static Piece piece(Cid cid) {
        try {
            if (PieceCid.of(cid) instanceof PieceCid.V2 version2) {
                return version2.piece();
            }
        } catch (IllegalArgumentException e) {
            throw new Refused(430, "invalid piece CID: " + e.getMessage());
        }
        throw new Refused(430, "piece CID must be of version 2, not " + cid);
    }

    private static JsonObject ddo(JsonObject products) {
        for (String product : products.fieldNames()) {
            check(
                    Set.of("ddo_v1", "retrieval_v1", "pdp_v1").contains(product),
                    423,
                    "product " + product + " is not known");
        }
        check(products.getValue("pdp_v1") == null, 424, "product pdp_v1 is not enabled");
        check(products.getValue("ddo_v1") instanceof JsonObject, 423, "no product that stores: ddo_v1 is needed");
        check(products.getValue("retrieval_v1") instanceof JsonObject, 425, "ddo_v1 needs retrieval_v1");
        return products.getJsonObject("ddo_v1");
    }

    private static boolean indexing(JsonObject products, boolean car) {
        JsonObject retrieval = products.getJsonObject("retrieval_v1");
        boolean indexing = retrieval.getBoolean("indexing", false);
        check(!retrieval.getBoolean("announce_piece", false), 425, "announce_piece must be false for ddo_v1");
        check(!retrieval.getBoolean("announce_payload", false) || indexing, 425, "announce_payload needs indexing");
        check(!indexing || car, 425, "raw data cannot be indexed");
        return indexing;
    }

    private static String format(JsonObject data) {
        check(data.getValue("format") instanceof JsonObject, 430, "no data format");
        Set<String> named = data.getJsonObject("format").fieldNames();
        check(named.size() == 1 && FORMATS.containsAll(named), 430, "exactly one data format is needed");
        String format = named.iterator().next();
        check(!format.equals("aggregate"), 422, "aggregates are not taken");
        return format;
    }

    private static SourceKind source(JsonObject data) {
        List<String> named = new ArrayList<>();
        for (String each : List.of("source_http", "source_http_put", "source_offline", "source_aggregate")) {
            if (data.getValue(each) != null) {
                named.add(each);
            }
        }
        check(named.size() == 1, 430, "exactly one data source is needed, not " + named);
        return switch (named.getFirst()) {
            case "source_http" -> SourceKind.HTTP;
            case "source_http_put" -> SourceKind.PUT;
            case "source_offline" -> SourceKind.OFFLINE;
            default -> throw new Refused(422, "data source aggregate is not taken");
        };
    }

    private static List<Link> links(JsonObject http) {
        JsonArray urls = http.getJsonArray("urls", new JsonArray());
        check(!urls.isEmpty() && urls.size() <= 10, 430, "one to ten URLs are needed");
        List<Link> links = new ArrayList<>();
        for (Object each : urls) {
            links.add(link(Json.object(each)));
        }
        links.sort(java.util.Comparator.comparing(Link::fallback).thenComparingLong(Link::priority));
        return links;
    }

    private static Link link(JsonObject json) {
        Map<String, List<String>> headers = new HashMap<>();
        if (json.getValue("headers") instanceof JsonObject given) {
            check(given.size() <= 10, 430, "too many headers");
            given.forEach(header -> {
                check(
                        header.getValue() instanceof JsonArray,
                        430,
                        "the values of header " + header.getKey() + " must be an array");
                headers.put(
                        header.getKey(),
                        ((JsonArray) header.getValue()).stream().map(Json::text).toList());
            });
        }
        long priority = json.getValue("priority") == null ? 0 : Json.number(json.getValue("priority"));
        return new Link(url(text(json, "url")), headers, priority, json.getBoolean("fallback", false));
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            check(web && url.getHost() != null, 430, "the URL must be http or https: " + text);
            check(url.getUserInfo() == null, 430, "the URL must not hold a user");
            return url;
        } catch (java.net.URISyntaxException e) {
            throw new Refused(430, "not a URL: " + text);
        }
    }

    private static String text(JsonObject from, String key) {
        check(from.getValue(key) instanceof String, 400, key + " must be a text");
        return from.getString(key);
    }

    private static void check(boolean holds, int status, String otherwise) {
        if (!holds) {
            throw new Refused(status, otherwise);
        }
    }
}
