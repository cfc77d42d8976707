package dev.pinfold.conformance.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Exchange;

/** A pin that the endpoint took: what was wanted, the id it got, and the answer that said so. */
public record Pinned(Want want, String id, Exchange exchange) {

    public JsonNode status() {
        return exchange.json();
    }

    /** The creation time exactly as the endpoint wrote it; empty when it wrote none. */
    public String created() {
        return exchange.json().path("created").asText();
    }

    public String cid() {
        return want.cid();
    }
}
