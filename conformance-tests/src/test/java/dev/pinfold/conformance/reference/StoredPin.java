package dev.pinfold.conformance.reference;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One pin of the reference server. */
record StoredPin(
        String id,
        String tenant,
        String cid,
        String name,
        Map<String, String> meta,
        List<String> origins,
        Instant created,
        AtomicInteger reads) {}
