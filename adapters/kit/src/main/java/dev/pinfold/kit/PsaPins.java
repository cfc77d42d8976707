package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The pins a {@link ScriptedPsa} really has, and all it ever had. Guarded by its own monitor. */
final class PsaPins {
    private final Map<String, Pin> live = new LinkedHashMap<>();
    private final NavigableMap<Long, Pin> byCreated = new TreeMap<>();
    private final Map<Multihash, List<Pin>> byHash = new HashMap<>();
    private final List<Pin> ever = new ArrayList<>();
    private final Map<Multihash, Progress> progressOfHash = new HashMap<>();
    private final Predicate<Cid> offered;
    private Progress progress = new Progress.Immediately();
    private Duration listLag = Duration.ZERO;
    private long lastCreated;

    /**
     * @param offered whether the content of a CID can be found
     */
    PsaPins(Predicate<Cid> offered) {
        this.offered = offered;
    }

    synchronized void progress(Progress progress) {
        this.progress = progress;
    }

    synchronized void progress(Cid cid, Progress progress) {
        progressOfHash.put(cid.multihash(), progress);
        byHash.getOrDefault(cid.multihash(), List.of()).forEach(pin -> pin.progress = progress);
    }

    synchronized void listLag(Duration lag) {
        listLag = lag;
    }

    synchronized Pin add(PinOrder order, boolean idIsCid) {
        Pin known = live.get(order.cidText());
        if (idIsCid && known != null) {
            return known;
        }
        lastCreated = Math.max(lastCreated + 1, System.currentTimeMillis());
        String id = idIsCid ? order.cidText() : UUID.randomUUID().toString();
        Progress how = progressOfHash.getOrDefault(order.cid().multihash(), progress);
        Pin pin = new Pin(id, order, lastCreated, how);
        live.put(id, pin);
        byCreated.put(lastCreated, pin);
        byHash.computeIfAbsent(order.cid().multihash(), key -> new ArrayList<>(1))
                .add(pin);
        ever.add(pin);
        return pin;
    }

    synchronized @Nullable Pin find(String requestId) {
        return live.get(requestId);
    }

    synchronized boolean remove(String requestId) {
        Pin pin = live.remove(requestId);
        if (pin == null) {
            return false;
        }
        pin.removed = true;
        byCreated.remove(pin.created);
        List<Pin> same = byHash.get(pin.order.cid().multihash());
        if (same != null) {
            same.remove(pin);
            if (same.isEmpty()) {
                byHash.remove(pin.order.cid().multihash());
            }
        }
        return true;
    }

    /** The pins a list may show now, newest first; of these hashes only, where any are given. */
    synchronized List<Pin> listable(Collection<Multihash> hashes) {
        Collection<Pin> from = hashes.isEmpty()
                ? byCreated.descendingMap().values()
                : hashes.stream()
                        .flatMap(hash -> byHash.getOrDefault(hash, List.of()).stream())
                        .sorted((a, b) -> Long.compare(b.created, a.created))
                        .toList();
        long shownSince = System.nanoTime() - listLag.toNanos();
        boolean all = listLag.isZero();
        return from.stream()
                .filter(pin -> all || pin.addedNanos - shownSince <= 0)
                .toList();
    }

    synchronized List<PinTruth> truth(Predicate<Pin> which) {
        return ever.stream().filter(which).map(this::truth).toList();
    }

    /** The state that a client sees now, and one look more for the next. */
    synchronized String look(Pin pin) {
        pin.looks++;
        return state(pin);
    }

    /** Whether any of these roots is pinned. */
    synchronized boolean anyPinned(Collection<Multihash> roots) {
        return roots.stream()
                .flatMap(root -> byHash.getOrDefault(root, List.of()).stream())
                .anyMatch(pin -> state(pin).equals("pinned"));
    }

    synchronized String state(Pin pin) {
        return switch (pin.progress) {
            case Progress.Immediately now -> "pinned";
            case Progress.AfterLooks after ->
                pin.looks >= after.looks() ? "pinned" : pin.looks * 2 > after.looks() ? "pinning" : "queued";
            case Progress.AfterTime after ->
                System.nanoTime() - pin.addedNanos >= after.time().toNanos() ? "pinned" : "pinning";
            case Progress.WhenOffered when -> offered.test(pin.order.cid()) ? "pinned" : "pinning";
            case Progress.Never never -> "queued";
            case Progress.Fails fails -> "failed";
        };
    }

    private PinTruth truth(Pin pin) {
        return new PinTruth(
                pin.id,
                pin.order.cidText(),
                pin.order.name(),
                pin.order.meta(),
                pin.order.origins(),
                Instant.ofEpochMilli(pin.created),
                state(pin),
                pin.removed);
    }

    /** What a client wrote into a pin. */
    record PinOrder(Cid cid, String cidText, @Nullable String name, Map<String, String> meta, List<String> origins) {
        PinOrder {
            meta = Map.copyOf(meta);
            origins = List.copyOf(origins);
        }
    }

    /** One pin; its mutable parts are guarded by the monitor of the pins. */
    static final class Pin {
        final String id;
        final PinOrder order;
        final long created;
        final long addedNanos = System.nanoTime();
        Progress progress;
        int looks;
        boolean removed;

        Pin(String id, PinOrder order, long created, Progress progress) {
            this.id = id;
            this.order = order;
            this.created = created;
            this.progress = progress;
        }
    }
}
