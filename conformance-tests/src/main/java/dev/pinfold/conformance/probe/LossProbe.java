package dev.pinfold.conformance.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.content.DagPb;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.rule.Report.Grade;
import dev.pinfold.conformance.session.GatewayAccess;
import dev.pinfold.conformance.session.Query;
import dev.pinfold.conformance.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Asks the gateway for blocks of pins that the service calls pinned: the root, then one link after the other down to a
 * leaf, chosen by chance. Each block is checked against its CID, so a DAG that was fetched in part is found out.
 */
final class LossProbe {
    private static final int SHOWN = 5;
    private static final int DEEPEST = 12;

    private LossProbe() {}

    static Grade run(Session session, int sample) {
        Optional<GatewayAccess> gateway = session.gateway(exchange -> {});
        String meaning =
                "\"pinned\" means that the content can be had; each sample is a way from a root down to a leaf, every block checked.";
        if (gateway.isEmpty()) {
            return new Grade("silent-loss", "not measured: no gateway was given", false, meaning);
        }
        Exchange page =
                session.first(exchange -> {}).list(Query.none().status("pinned").limit(Math.min(sample, 1000)));
        List<String> lost = new ArrayList<>();
        Random chance = new Random();
        int looked = 0;
        for (JsonNode result : page.json().path("results")) {
            String cid = result.path("pin").path("cid").asText();
            Optional<Cid> root = Cids.parse(cid);
            if (root.map(parsed -> !parsed.identity()).orElse(true)) {
                looked++;
                boolean whole = root.map(parsed -> wayDown(gateway.get(), parsed, chance))
                        .orElse(false);
                if (!whole) {
                    lost.add(cid);
                }
            }
        }
        String which =
                lost.isEmpty() ? "" : " (" + String.join(", ", lost.subList(0, Math.min(SHOWN, lost.size()))) + ")";
        return new Grade(
                "silent-loss",
                lost.size() + " of " + looked + " pinned contents could not be had" + which,
                lost.isEmpty(),
                meaning);
    }

    private static boolean wayDown(GatewayAccess gateway, Cid root, Random chance) {
        Cid next = root;
        for (int depth = 0; depth < DEEPEST; depth++) {
            Optional<byte[]> block = served(gateway, next);
            if (block.isEmpty()) {
                return false;
            }
            List<Cid> links = links(next, block.get());
            if (links.isEmpty()) {
                return true;
            }
            next = links.get(chance.nextInt(links.size()));
        }
        return true;
    }

    private static List<Cid> links(Cid cid, byte[] block) {
        return cid.codec() == Cids.DAG_PB
                ? DagPb.read(block)
                        .map(node -> node.links().stream()
                                .map(DagPb.Link::cid)
                                .filter(link -> !link.identity())
                                .toList())
                        .orElse(List.of())
                : List.of();
    }

    private static Optional<byte[]> served(GatewayAccess gateway, Cid cid) {
        try {
            Exchange exchange = gateway.raw(cid.text());
            // A hash this suite cannot compute is not called lost.
            boolean right =
                    exchange.status() == 200 && cid.matches(exchange.body()).orElse(true);
            return right ? Optional.of(exchange.body()) : Optional.empty();
        } catch (NoAnswer none) {
            return Optional.empty();
        }
    }
}
