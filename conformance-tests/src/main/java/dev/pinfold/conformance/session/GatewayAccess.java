package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Wire;
import java.util.Optional;
import java.util.function.Consumer;

/** A gateway as a reader sees it; requests carry no token. */
public final class GatewayAccess {
    public static final String RAW = "application/vnd.ipld.raw";
    public static final String CAR = "application/vnd.ipld.car";

    private final Wire wire;
    private final Optional<String> knownCid;
    private final Consumer<Exchange> recorder;

    GatewayAccess(Wire wire, Optional<String> knownCid, Consumer<Exchange> recorder) {
        this.wire = wire;
        this.knownCid = knownCid;
        this.recorder = recorder;
    }

    /** Content that the operator says the gateway holds. */
    public Optional<String> knownCid() {
        return knownCid;
    }

    public Exchange get(String target) {
        return send(Ask.of("GET", target));
    }

    public Exchange raw(String cid) {
        return send(Ask.of("GET", "/ipfs/" + cid + "?format=raw").with("Accept", RAW));
    }

    /** A CAR in depth-first order without duplicates; more parameters may follow, starting with "&amp;". */
    public Exchange car(String cid, String parameters) {
        return send(Ask.of("GET", "/ipfs/" + cid + "?format=car" + parameters)
                .with("Accept", CAR + "; version=1; order=dfs; dups=n"));
    }

    public Exchange send(Ask ask) {
        Exchange exchange = wire.send(ask);
        recorder.accept(exchange);
        return exchange;
    }
}
