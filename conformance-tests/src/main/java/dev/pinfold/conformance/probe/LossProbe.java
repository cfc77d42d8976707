package dev.pinfold.conformance.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.rule.Report.Grade;
import dev.pinfold.conformance.session.GatewayAccess;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the gateway for the root block of pins that the service calls pinned, and checks each against its CID. */
final class LossProbe {
    private static final int SHOWN = 5;

    private LossProbe() {}

    static Grade run(Session session, int sample) {
        Optional<GatewayAccess> gateway = session.gateway(exchange -> {});
        String meaning =
                "\"pinned\" means that the content can be had; each sample is a root block checked against its CID.";
        if (gateway.isEmpty()) {
            return new Grade("silent-loss", "not measured: no gateway was given", false, meaning);
        }
        Exchange page =
                session.first(exchange -> {}).list(Query.none().status("pinned").limit(Math.min(sample, 1000)));
        List<String> lost = new ArrayList<>();
        int looked = 0;
        for (JsonNode result : page.json().path("results")) {
            String cid = result.path("pin").path("cid").asText();
            if (Cids.parse(cid).map(parsed -> !parsed.identity()).orElse(true)) {
                looked++;
                if (!served(gateway.get(), cid)) {
                    lost.add(cid);
                }
            }
        }
        String which =
                lost.isEmpty() ? "" : " (" + String.join(", ", lost.subList(0, Math.min(SHOWN, lost.size()))) + ")";
        return new Grade(
                "silent-loss",
                lost.size() + " of " + looked + " pinned roots could not be had" + which,
                lost.isEmpty(),
                meaning);
    }

    private static boolean served(GatewayAccess gateway, String cid) {
        try {
            Exchange exchange = gateway.raw(cid);
            Optional<Boolean> matches = Cids.parse(cid).flatMap(parsed -> parsed.matches(exchange.body()));
            // A hash this suite cannot compute is not called lost.
            return exchange.status() == 200 && matches.orElse(true);
        } catch (NoAnswer none) {
            return false;
        }
    }
}
