package dev.pinfold.conformance.reference;

import dev.pinfold.conformance.content.Cids;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The pins of the reference server. Every method holds the one lock, so each request is atomic. */
final class Store {
    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;
    private final Map<String, StoredPin> pins = new LinkedHashMap<>();
    private final Map<String, StoredPin> removed = new HashMap<>();
    private final Map<String, StoredPin> byKey = new HashMap<>();
    private Instant lastCreated = Instant.EPOCH;
    private final Set<String> claimed = ConcurrentHashMap.newKeySet();
    private volatile boolean unpinned;
    private int sequence;

    Store(Set<Defect> defects, Set<Behaviour> behaviours) {
        this.defects = defects;
        this.behaviours = behaviours;
    }

    synchronized StoredPin add(String tenant, Intake.Request request, String idempotencyKey) {
        StoredPin known = idempotencyKey.isEmpty() ? null : byKey.get(tenant + idempotencyKey);
        if (known != null) {
            return known;
        }
        if (has(Defect.DEDUPE_BY_CID)) {
            Optional<StoredPin> same = pins.values().stream()
                    .filter(pin -> pin.cid().equals(request.cid()))
                    .findFirst();
            if (same.isPresent()) {
                return same.get();
            }
        }
        StoredPin pin = put(newId(), tenant, request, nextCreated());
        if (!idempotencyKey.isEmpty()) {
            byKey.put(tenant + idempotencyKey, pin);
        }
        return pin;
    }

    private StoredPin put(String id, String tenant, Intake.Request r, Instant created) {
        StoredPin pin =
                new StoredPin(id, tenant, r.cid(), r.name(), r.meta(), r.origins(), created, new AtomicInteger());
        pins.put(id, pin);
        return pin;
    }

    private String newId() {
        sequence++;
        if (has(Defect.ID_IS_NUMBER)) {
            return String.valueOf(900_000_000L + sequence);
        }
        if (has(Defect.ID_REUSED) && sequence % 8 == 0) {
            return pins.keySet().stream().reduce((a, b) -> b).orElseThrow();
        }
        if (behaviours.contains(Behaviour.OPAQUE_IDS)) {
            return "~A-z_0." + Long.toString(sequence * 7919L + 1_000_000, 36) + "." + sequence;
        }
        return UUID.randomUUID() + (has(Defect.ID_WITH_SPACE) ? " x" : "");
    }

    private Instant nextCreated() {
        Instant now = behaviours.contains(Behaviour.NANOSECONDS)
                ? Instant.now()
                : Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Instant next = now.isAfter(lastCreated) ? now : lastCreated.plusMillis(1);
        if (has(Defect.CREATED_SHARED) && sequence % 2 == 0) {
            return lastCreated;
        }
        lastCreated = next;
        return next;
    }

    synchronized Optional<StoredPin> find(String id, String tenant, Defect foreign) {
        StoredPin pin = pins.get(id);
        if (pin == null) {
            if (behaviours.contains(Behaviour.GONE_410) && removed.containsKey(id)) {
                throw new Refusal(410, "GONE", "this pin was removed");
            }
            return Optional.empty();
        }
        if (!pin.tenant().equals(tenant) && !has(foreign)) {
            if (behaviours.contains(Behaviour.FOREIGN_403)) {
                throw new Refusal(403, "FORBIDDEN", "not your pin");
            }
            return Optional.empty();
        }
        return Optional.of(pin);
    }

    synchronized StoredPin replace(String id, String tenant, Intake.Request request) {
        Optional<StoredPin> found = find(id, tenant, Defect.FOREIGN_REPLACE);
        if (found.isEmpty() && has(Defect.REPLACE_RACES)) {
            found = Optional.ofNullable(removed.get(id));
        }
        if (found.isEmpty()) {
            if (has(Defect.REPLACE_UNKNOWN_CREATES)) {
                return put(newId(), tenant, request, nextCreated());
            }
            throw new Refusal(404, "NOT_FOUND", "no such pin");
        }
        StoredPin old = found.get();
        if (has(Defect.REPLACE_SAME_CID_400) && old.cid().equals(request.cid())) {
            throw new Refusal(400, "BAD_REQUEST", "the cid is the same");
        }
        if (!has(Defect.REPLACE_KEEPS_OLD)) {
            pins.remove(id);
            removed.put(id, old);
        }
        Map<String, String> meta = new LinkedHashMap<>(has(Defect.REPLACE_MERGES_META) ? old.meta() : Map.of());
        meta.putAll(request.meta());
        String name = has(Defect.REPLACE_KEEPS_NAME) && request.name().isEmpty() ? old.name() : request.name();
        return put(
                has(Defect.REPLACE_SAME_ID) ? id : newId(),
                old.tenant(),
                new Intake.Request(request.cid(), name, meta, request.origins()),
                has(Defect.REPLACE_KEEPS_CREATED) ? old.created() : nextCreated());
    }

    synchronized void delete(String id, String tenant) {
        Optional<StoredPin> pin = find(id, tenant, Defect.FOREIGN_DELETE);
        if (pin.isEmpty()) {
            if (has(Defect.DELETE_UNKNOWN_202)) {
                return;
            }
            throw new Refusal(404, "NOT_FOUND", "no such pin");
        }
        if (has(Defect.DELETE_DOES_NOTHING)) {
            return;
        }
        removed.put(id, pin.get());
        pins.remove(id);
        if (has(Defect.DELETE_TAKES_ALL_OF_CID)) {
            pins.values().removeIf(other -> other.cid().equals(pin.get().cid()));
        }
    }

    synchronized List<StoredPin> all(String tenant) {
        List<StoredPin> own = new ArrayList<>(pins.values());
        if (has(Defect.DELETE_STAYS_LISTED)) {
            own.addAll(removed.values());
        }
        own.removeIf(pin -> !pin.tenant().equals(tenant) && !has(Defect.FOREIGN_LIST));
        if (has(Defect.LIST_LAGS) || behaviours.contains(Behaviour.LISTS_LAG)) {
            own.removeIf(pin -> pin.reads().getAndIncrement() < 2);
        }
        Comparator<StoredPin> order = Comparator.comparing(StoredPin::created).reversed();
        own.sort(
                has(Defect.ORDER_BY_ID)
                        ? Comparator.comparing(StoredPin::id)
                        : has(Defect.OLDEST_FIRST) ? order.reversed() : order);
        return own;
    }

    synchronized Collection<StoredPin> everything() {
        return List.copyOf(pins.values());
    }

    /** From now on nothing is known of any pin made so far. */
    synchronized void forget() {
        pins.clear();
    }

    /** From now on nothing is pinned any more. */
    void unpin() {
        unpinned = true;
    }

    /** A pin that is called pinned, whatever is true. */
    synchronized void claim(String cid) {
        put(newId(), "first", new Intake.Request(cid, "claimed", Map.of(), List.of()), nextCreated());
        claimed.add(cid);
    }

    /** The state of a pin, one step further for each look when the server pins step by step. */
    String statusOf(StoredPin pin, boolean look) {
        if (pin.name().startsWith("seeded-failure") || behaviours.contains(Behaviour.ALWAYS_FAILS)) {
            return "failed";
        }
        if (claimed.contains(pin.cid())) {
            return "pinned";
        }
        boolean inline = Cids.parse(pin.cid()).map(Cids.Cid::identity).orElse(false);
        if (!inline || unpinned || behaviours.contains(Behaviour.NEVER_PINS)) {
            return "queued";
        }
        int reads = look ? pin.reads().incrementAndGet() : pin.reads().get();
        if (has(Defect.STATUS_GOES_BACK)) {
            return reads == 2 ? "queued" : "pinned";
        }
        if (behaviours.contains(Behaviour.PINS_STEP_BY_STEP)) {
            return reads <= 1 ? "queued" : reads == 2 ? "pinning" : "pinned";
        }
        return "pinned";
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
