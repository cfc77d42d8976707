package dev.pinfold.conformance.session;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Parameters of {@code GET /pins}, in order, values percent-encoded when sent. */
public record Query(List<Parameter> parameters) {
    /** Every state; sent wherever the default is not what is tested. */
    public static final String ALL = "queued,pinning,pinned,failed";

    /** One name and value. */
    public record Parameter(String name, String value) {}

    public Query {
        parameters = List.copyOf(parameters);
    }

    /** No parameter at all: the server's defaults. */
    public static Query none() {
        return new Query(List.of());
    }

    /** All four states. */
    public static Query all() {
        return none().status(ALL);
    }

    public Query and(String name, String value) {
        List<Parameter> more = new ArrayList<>(parameters);
        more.add(new Parameter(name, value));
        return new Query(more);
    }

    public Query status(String states) {
        return and("status", states);
    }

    public Query cid(String cid) {
        return and("cid", cid);
    }

    public Query cids(List<String> cids) {
        return and("cid", String.join(",", cids));
    }

    public Query name(String name) {
        return and("name", name);
    }

    public Query limit(int limit) {
        return and("limit", String.valueOf(limit));
    }

    public Query before(String time) {
        return and("before", time);
    }

    public Query after(String time) {
        return and("after", time);
    }

    /** "" or "?a=b&c=d". */
    public String encoded() {
        return parameters.isEmpty()
                ? ""
                : parameters.stream()
                        .map(p -> encode(p.name()) + "=" + encode(p.value()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    /** Percent-encoding that every server decodes alike: a space is %20, never '+'. Commas stay, as in the examples. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2C", ",");
    }
}
