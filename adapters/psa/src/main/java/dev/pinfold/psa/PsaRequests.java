package dev.pinfold.psa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.psa.HttpAsk.Purpose;
import dev.pinfold.psa.Preset.OriginsPolicy;
import dev.pinfold.psa.Preset.StatusFilter;
import dev.pinfold.spi.ContentPath;
import dev.pinfold.spi.Order;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes requests. No I/O, no clock: the same question always gives the same request. */
final class PsaRequests {
    /** The key of an order in a pin's metadata. */
    static final String ORDER_KEY = "pinfold_order";

    private static final String CAR_ACCEPT = "application/vnd.ipld.car; version=1; order=dfs; dups=n";
    // Both ways of asking: the query wins where it is understood, and old gateways look at Accept only.
    private static final String CAR_QUERY = "car&car-version=1&car-order=dfs&car-dups=n";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final int MOST_ORIGINS = 20;
    private static final List<String> STATES = List.of("queued", "pinning", "pinned", "failed");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PsaSettings settings;

    PsaRequests(PsaSettings settings) {
        this.settings = settings;
    }

    /** Which {@code status} parameters show all states between them; an empty text stands for none. */
    List<String> statusFilters() {
        return switch (settings.statusFilter()) {
            case CSV -> List.of(String.join(",", STATES));
            case EACH -> STATES;
            case OMIT -> List.of("");
        };
    }

    /** The smallest list: shows that the company answers and takes the token. */
    HttpAsk probe() {
        String status = settings.statusFilter() == StatusFilter.OMIT ? "" : "&status=pinned";
        return psa(Purpose.LIST, "/pins?limit=1" + status, null);
    }

    HttpAsk add(Order order, boolean withOrigins) {
        ObjectNode pin = JSON.createObjectNode().put("cid", order.cid().toString());
        pin.put("name", name(order.key()));
        Map<String, String> meta = meta(order);
        if (!meta.isEmpty()) {
            ObjectNode node = pin.putObject("meta");
            meta.forEach(node::put);
        }
        List<String> origins = withOrigins ? origins(order) : List.of();
        if (!origins.isEmpty()) {
            var node = pin.putArray("origins");
            origins.forEach(node::add);
        }
        try {
            return psa(Purpose.ADD, "/pins", JSON.writeValueAsBytes(pin));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts can always be written", e);
        }
    }

    /** The origins that would be sent for an order. */
    List<String> origins(Order order) {
        return order.origins().stream()
                .filter(origin -> settings.origins() != OriginsPolicy.NONE)
                .filter(origin -> settings.origins() == OriginsPolicy.SEND || plain(origin))
                .distinct()
                .limit(MOST_ORIGINS)
                .toList();
    }

    HttpAsk get(String requestId) {
        return psa(Purpose.GET, "/pins/" + encode(requestId), null);
    }

    HttpAsk delete(String requestId) {
        return psa(Purpose.DELETE, "/pins/" + encode(requestId), null);
    }

    /**
     * @param status one of {@link #statusFilters()}
     * @param cid only pins of this root; null for all
     * @param before only pins created before this moment, as the company wrote it; null for all
     */
    HttpAsk list(String status, @Nullable Cid cid, @Nullable String before) {
        StringBuilder query = new StringBuilder("/pins?limit=").append(settings.pageSize());
        if (!status.isEmpty()) {
            query.append("&status=").append(status);
        }
        if (cid != null) {
            query.append("&cid=").append(cid);
        }
        if (before != null) {
            query.append("&before=").append(encode(before));
        }
        return psa(Purpose.LIST, query.toString(), null);
    }

    HttpAsk block(Cid cid) {
        return gateway(Purpose.BLOCK, cid, "", "raw", "application/vnd.ipld.raw", Block.MAX_SIZE);
    }

    HttpAsk car(Cid root) {
        return gateway(Purpose.CAR, root, "", CAR_QUERY + "&dag-scope=all", CAR_ACCEPT, Long.MAX_VALUE);
    }

    /**
     * Asks for what lies at a path's end, or for a part of it.
     *
     * @param path names below the root, not percent-encoded; empty for the root itself
     * @param to the last byte; {@link Long#MAX_VALUE} means to the end
     */
    HttpAsk part(Cid root, String path, long from, long to) {
        String end = to == Long.MAX_VALUE ? "*" : Long.toString(to);
        String query = CAR_QUERY + "&dag-scope=entity&entity-bytes=" + from + ":" + end;
        return gateway(Purpose.CAR, root, path, query, CAR_ACCEPT, Long.MAX_VALUE);
    }

    /**
     * The key of the order that a pin belongs to; null where it carries none. Metadata counts first. A company that keeps
     * none still keeps the name.
     */
    @Nullable
    String orderKey(PinDoc pin) {
        String key = pin.meta().get(ORDER_KEY);
        String name = pin.name();
        if (key == null && name != null && name.startsWith(settings.namePrefix())) {
            key = name.substring(settings.namePrefix().length());
        }
        return key != null && KEY.matcher(key).matches() ? key : null;
    }

    /** Prefix and key are ASCII, so the settings' bound on bytes always leaves room for the whole key. */
    private String name(String key) {
        return settings.namePrefix() + key;
    }

    private Map<String, String> meta(Order order) {
        Map<String, String> meta = new LinkedHashMap<>();
        if (settings.metaPairs() > 0) {
            meta.put(ORDER_KEY, order.key());
        }
        order.labels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(label ->
                        meta.size() < settings.metaPairs() && !label.getKey().equals(ORDER_KEY))
                .forEach(label -> meta.put(label.getKey(), label.getValue()));
        return meta;
    }

    /** An address of TCP and nothing on top of it but the peer. */
    private static boolean plain(String origin) {
        return origin.matches("/(ip4|ip6|dns|dns4|dns6)/[^/]+/tcp/[0-9]+(/p2p/[^/]+)?");
    }

    private HttpAsk psa(Purpose purpose, String pathAndQuery, byte @Nullable [] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + settings.token());
        headers.put("Accept", "application/json");
        if (body != null) {
            headers.put("Content-Type", "application/json");
        }
        URI uri = URI.create(settings.endpoint() + pathAndQuery);
        return new HttpAsk(purpose, uri, headers, body, settings.maxAnswerBytes());
    }

    private HttpAsk gateway(Purpose purpose, Cid cid, String path, String format, String accept, long maxBytes) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", accept);
        String token = settings.gatewayToken();
        if (token != null) {
            String header = settings.gatewayTokenHeader();
            headers.put(header, header.equalsIgnoreCase("Authorization") ? "Bearer " + token : token);
        }
        URI uri = URI.create(settings.gateway() + "/ipfs/" + cid + ContentPath.inUrl(path) + "?format=" + format);
        return HttpAsk.bare(purpose, uri, headers, maxBytes);
    }

    /** Everything but letters, digits and {@code -_~}: a requestid of dots must not become a step up in the path. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace(".", "%2E")
                .replace("*", "%2A");
    }
}
