package dev.pinfold.conformance.reference;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;

/** Writes the documents of the specification. */
final class Writer {
    private static final String PEER = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";

    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;

    Writer(Set<Defect> defects, Set<Behaviour> behaviours) {
        this.defects = defects;
        this.behaviours = behaviours;
    }

    ObjectNode status(StoredPin pin, String status) {
        ObjectNode node = Json.object();
        if (has(Defect.ID_IS_NUMBER)) {
            node.put("requestid", Long.parseLong(pin.id()));
        } else {
            node.put(has(Defect.ID_SPELLED_IN_CAMEL_CASE) ? "requestId" : "requestid", pin.id());
        }
        node.put("status", has(Defect.STATUS_INVENTED) && status.equals("queued") ? "unpinned" : status);
        if (has(Defect.CREATED_AS_EPOCH)) {
            node.put("created", pin.created().toEpochMilli());
        } else {
            node.put("created", created(has(Defect.CREATED_CHANGES) ? Instant.now() : pin.created()));
        }
        ObjectNode inner = node.putObject("pin").put("cid", pin.cid());
        if (!pin.name().isEmpty() || !behaviours.contains(Behaviour.LEAN_OBJECTS)) {
            inner.put("name", pin.name());
        }
        if (behaviours.contains(Behaviour.EMPTY_OBJECTS)) {
            inner.putArray("origins");
        }
        if (!pin.meta().isEmpty() || behaviours.contains(Behaviour.EMPTY_OBJECTS)) {
            ObjectNode meta = inner.putObject("meta");
            pin.meta().forEach(meta::put);
        }
        delegates(node);
        ObjectNode info = node.putObject("info");
        if (status.equals("failed") && !has(Defect.FAILED_SILENTLY)) {
            info.put("status_details", "no provider has the content");
        }
        if (has(Defect.INFO_WITH_NUMBER)) {
            info.put("dag_size", 17);
        }
        if (info.isEmpty() && behaviours.contains(Behaviour.LEAN_OBJECTS)) {
            node.remove("info");
        }
        if (has(Defect.EXTRA_FIELD)) {
            node.put("region", "eu");
        }
        return node;
    }

    private String created(Instant instant) {
        if (has(Defect.CREATED_IN_SECONDS)) {
            return instant.truncatedTo(ChronoUnit.SECONDS).toString();
        }
        if (has(Defect.CREATED_WITHOUT_ZONE)) {
            return Rfc3339.millis(instant).replace("Z", "");
        }
        if (behaviours.contains(Behaviour.OFFSETS)) {
            return Rfc3339.at(instant, ZoneOffset.ofHoursMinutes(5, 30));
        }
        return behaviours.contains(Behaviour.NANOSECONDS) ? instant.toString() : Rfc3339.millis(instant);
    }

    private void delegates(ObjectNode node) {
        if (has(Defect.DELEGATES_NULL)) {
            node.putNull("delegates");
            return;
        }
        ArrayNode delegates = node.putArray("delegates");
        if (has(Defect.DELEGATES_EMPTY)) {
            return;
        }
        delegates.add("/ip4/203.0.113.1/tcp/4001/p2p/" + PEER);
        delegates.add("/dns4/pin.example.com/tcp/443/wss/p2p/" + PEER);
        if (behaviours.contains(Behaviour.MANY_DELEGATES)) {
            manyForms(delegates);
        }
        if (has(Defect.DELEGATES_21)) {
            for (int i = 0; i < 19; i++) {
                delegates.add("/ip4/203.0.113.2/tcp/" + (5000 + i) + "/p2p/" + PEER);
            }
        }
        add(Defect.DELEGATES_TWICE, delegates, "/ip4/203.0.113.1/tcp/4001/p2p/" + PEER);
        add(Defect.DELEGATES_JUNK, delegates, "203.0.113.1:4001");
        add(Defect.DELEGATES_BAD_PEER, delegates, "/ip4/203.0.113.1/tcp/4001/p2p/not-a-peer");
        add(Defect.DELEGATES_WITHOUT_PEER, delegates, "/ip4/203.0.113.1/tcp/4001");
        add(Defect.DELEGATES_PRIVATE, delegates, "/ip4/192.168.0.7/tcp/4001/p2p/" + PEER);
    }

    /** Eighteen more, in the forms that nodes announce today. */
    private static void manyForms(ArrayNode delegates) {
        List<String> peers = List.of(
                PEER,
                "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
                "k51qzi5uqu5dkkciu33khkzbcmxtyhn376i1e83tya8kuy7z9euedzyr5nhoew",
                "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe");
        List<String> forms = List.of(
                "/ip4/203.0.113.9/udp/4001/quic-v1",
                "/ip6/2001:db8::9/tcp/4001",
                "/dnsaddr/pin.example.com",
                "/dns6/pin.example.com/udp/4001/quic-v1/webtransport",
                "/dns/pin.example.com/tcp/443/tls/ws");
        for (int i = 0; i < 18; i++) {
            delegates.add(forms.get(i % forms.size()) + "/p2p/" + peers.get(i % peers.size()));
        }
    }

    private void add(Defect defect, ArrayNode delegates, String address) {
        if (has(defect)) {
            delegates.add(address);
        }
    }

    ObjectNode failure(int status, String reason, String details) {
        ObjectNode node = Json.object();
        if (has(Defect.ERROR_IS_TEXT)) {
            return node.put("error", details);
        }
        if (has(Defect.NOT_FOUND_BARE) && status == 404) {
            return node.put("message", details);
        }
        ObjectNode error = node.putObject("error");
        if (!has(Defect.ERROR_WITHOUT_REASON)) {
            error.put("reason", has(Defect.REASON_IS_A_SENTENCE) ? "Something is wrong." : reason);
        }
        if (has(Defect.ERROR_DETAILS_NULL)) {
            error.putNull("details");
        } else {
            error.put("details", details);
        }
        return node;
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
