package dev.pinfold.conformance.session;

import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.Pace;
import dev.pinfold.conformance.http.Redactor;
import dev.pinfold.conformance.http.RunAborted;
import dev.pinfold.conformance.http.Wire;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run's connections, names, and the pins that several checks share. */
public final class Session implements AutoCloseable {
    /** Every name and meta the suite makes starts with this, so that people recognise it in their lists. */
    public static final String MARK = "pinfold-conformance";

    private final Settings settings;
    private final String run;
    private final Ledger ledger;
    private final Redactor redactor;
    private final Wire wire;
    private final @Nullable Wire gatewayWire;
    private final AtomicInteger sequence = new AtomicInteger();
    private final Map<String, String> inlineCids = new ConcurrentHashMap<>();
    private final Set<String> madeUp = ConcurrentHashMap.newKeySet();
    private final Population population;
    private final Map<Class<?>, Object> remembered = new ConcurrentHashMap<>();
    private volatile boolean hashedOnly;
    private volatile boolean pinsNeverFinish;
    private volatile boolean listsNeverCatchUp;

    public Session(Settings settings) {
        this(settings, newRunId());
    }

    private Session(Settings settings, String run) {
        this(
                settings,
                run,
                Ledger.start(settings.stateDir(), run, settings.endpoint().toString()));
    }

    /** Goes on with the record of an earlier run. */
    public Session(Settings settings, Ledger ledger) {
        this(settings, newRunId(), ledger);
    }

    private Session(Settings settings, String run, Ledger ledger) {
        this.settings = settings;
        this.run = run;
        this.ledger = ledger;
        List<String> secrets = new ArrayList<>();
        secrets.add(settings.token());
        settings.secondToken().ifPresent(secrets::add);
        this.redactor = new Redactor(secrets);
        Pace pace = new Pace(settings.pace(), settings.ticks());
        this.wire = new Wire(settings.endpoint(), settings.limits(), pace, settings.ticks(), redactor);
        this.gatewayWire = settings.gateway()
                .map(uri -> new Wire(uri, settings.limits(), pace, settings.ticks(), redactor))
                .orElse(null);
        this.population = new Population(this);
    }

    private static String newRunId() {
        byte[] random = new byte[7];
        new SecureRandom().nextBytes(random);
        return Cids.base32(random);
    }

    public Settings settings() {
        return settings;
    }

    public String run() {
        return run;
    }

    public Ledger ledger() {
        return ledger;
    }

    public Wire wire() {
        return wire;
    }

    /** All requests of the run, to the service and to the gateway. */
    public long requests() {
        return wire.requests() + (gatewayWire == null ? 0 : gatewayWire.requests());
    }

    /** The first account over a connection of its own with another pace; the caller closes the wire. */
    public Psa first(Wire other) {
        return new Psa(this, other, settings.token(), Ledger.Account.FIRST, exchange -> {});
    }

    /** A second way to the endpoint, at another pace. */
    public Wire wireAt(double perSecond) {
        return new Wire(
                settings.endpoint(),
                settings.limits(),
                new Pace(perSecond, settings.ticks()),
                settings.ticks(),
                redactor);
    }

    /** What several checks need and one of them finds out, once per run. */
    public <T> T remembered(Class<T> what, Supplier<T> findOut) {
        T known = what.cast(remembered.get(what));
        if (known == null) {
            known = findOut.get();
            remembered.put(what, known);
        }
        return known;
    }

    public Population population() {
        return population;
    }

    public Psa first(Consumer<Exchange> recorder) {
        return new Psa(this, wire, settings.token(), Ledger.Account.FIRST, recorder);
    }

    public Optional<Psa> second(Consumer<Exchange> recorder) {
        return settings.secondToken().map(token -> new Psa(this, wire, token, Ledger.Account.SECOND, recorder));
    }

    public Psa anonymous(Consumer<Exchange> recorder) {
        return new Psa(this, wire, null, Ledger.Account.FIRST, recorder);
    }

    public Optional<GatewayAccess> gateway(Consumer<Exchange> recorder) {
        return Optional.ofNullable(gatewayWire).map(own -> new GatewayAccess(own, settings.gatewayCid(), recorder));
    }

    /** A text nobody used before, short enough for a name filter. */
    public String unique(String what) {
        return MARK + "-" + run + "-" + what + "-" + sequence.incrementAndGet();
    }

    public Want want() {
        String name = unique("pin");
        String cid = hashedOnly ? hashedCid() : Cids.identity(utf8("pf-" + run + "-" + sequence.incrementAndGet()));
        if (!hashedOnly) {
            inlineCids.put(name, cid);
        }
        return new Want(cid, name, new LinkedHashMap<>(Map.of(MARK, run)), List.of());
    }

    /** The inline CID that {@link #want} chose for this request, or "" once it was changed by the check. */
    String freshCid(Want want) {
        return hashedOnly ? "" : inlineCids.getOrDefault(want.name(), "");
    }

    void useHashedCids() {
        hashedOnly = true;
    }

    /** A CID whose content exists nowhere, so that its pin never finishes. */
    public String hashedCid() {
        return Cids.v1(Cids.RAW, utf8("pf-" + run + "-" + sequence.incrementAndGet()));
    }

    /** An id of the same shape as a real one that no server can have given out. */
    public String madeUpId(String real) {
        StringBuilder id = new StringBuilder(real);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            // Only hex-like digits change, and not the place where a UUID keeps its version.
            if (Character.isDigit(c) && i != 14 && i != 19) {
                id.setCharAt(i, (char) ('0' + (c - '0' + 5) % 10));
            }
        }
        String result = id.toString().equals(real) ? real + "0" : id.toString();
        if (ledger.owns(result)) {
            result = "00000000-0000-4000-8000-000000000000";
        }
        madeUp.add(result);
        return result;
    }

    boolean isMadeUp(String id) {
        return madeUp.contains(id);
    }

    /** Looks again and again until the condition holds or the time is over; says whether it held. */
    public boolean until(Duration atMost, BooleanSupplier holds) {
        long deadline = settings.ticks().nanos() + atMost.toNanos();
        while (!holds.getAsBoolean()) {
            if (settings.ticks().nanos() >= deadline) {
                return false;
            }
            pause(settings.poll());
        }
        return true;
    }

    /** Waits for lists to catch up with POSTs; after one wait in vain the run does not wait again. */
    public void awaitListed(Psa psa, List<Pinned> pins) {
        if (pins.isEmpty()) {
            return;
        }
        List<Pinned> some = pins.subList(0, Math.min(pins.size(), 10));
        Query query = Query.all()
                .cids(some.stream().map(Pinned::cid).distinct().toList())
                .limit(100);
        Duration patience = listsNeverCatchUp ? Duration.ZERO : settings.settle();
        listsNeverCatchUp |= !until(patience, () -> {
            Set<String> ids = new HashSet<>();
            psa.list(query)
                    .json()
                    .path("results")
                    .forEach(result -> ids.add(result.path("requestid").asText()));
            return some.stream().allMatch(pin -> ids.contains(pin.id()));
        });
    }

    /** Waits until the pin is pinned; after one wait in vain the run only looks once. */
    public boolean awaitPinned(Psa psa, Pinned pin) {
        Duration patience = pinsNeverFinish ? Duration.ZERO : settings.waitPinned();
        boolean pinned = until(
                patience, () -> psa.get(pin.id()).json().path("status").asText().equals("pinned"));
        pinsNeverFinish |= !pinned;
        return pinned;
    }

    public void pause(Duration duration) {
        try {
            settings.ticks().sleep(duration);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunAborted("the run was stopped");
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends the connections; the ledger stays, because what remains in it decides whether its file may go. */
    @Override
    public void close() {
        wire.close();
        if (gatewayWire != null) {
            gatewayWire.close();
        }
    }
}
