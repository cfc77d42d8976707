package dev.pinfold.kit;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.PsaPins.PinOrder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pinning company on loopback, for tests: a stateful Pinning Service API with a trustless gateway. It can be made slow,
 * silent, broken, rate limited or dishonest while it runs, and its real state is read from here and not from its
 * answers, so a test can count duplicates and orphans. It keeps its state when it goes {@link #down} and comes
 * {@link #up} again. Safe for many threads.
 */
public final class ScriptedPsa implements AutoCloseable {
    private final String name;
    private final String token;
    private final long seed;
    private final Network network;
    private final Vertx vertx;
    private final PsaPins pins;
    private final PsaService service;
    private final ScriptedGateway gateway;
    private final FaultPlan faults;
    private final CallLog calls = new CallLog();
    private final PsaServer server;

    private ScriptedPsa(Builder from) {
        name = from.name;
        token = from.token;
        seed = from.seed;
        network = from.network;
        Predicate<Cid> offered = cid -> network.block(cid) != null;
        pins = new PsaPins(offered);
        pins.progress(from.progress);
        PsaWords words = new PsaWords(
                "/dns4/" + name + ".example/tcp/4001/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");
        service = new PsaService(pins, new PsaPages(pins, from.seed), words, offered, from.quirks);
        gateway = new ScriptedGateway(network, pins);
        faults = new FaultPlan(from.seed);
        vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
        server = new PsaServer(vertx, service, gateway, faults, calls, token, from.port);
    }

    /** Starts one that keeps to the letter of the API and pins at once. */
    public static ScriptedPsa start() {
        return builder().start();
    }

    /** What can be chosen before the start. */
    public static Builder builder() {
        return new Builder();
    }

    /** The URL before {@code /pins}, without a slash at the end. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** The URL before {@code /ipfs/}; the same as the endpoint. */
    public URI gateway() {
        return endpoint();
    }

    /** The only token it takes. */
    public String token() {
        return token;
    }

    public String name() {
        return name;
    }

    /** The content it can find. */
    public Network network() {
        return network;
    }

    /** What goes wrong from now on. */
    public FaultPlan faults() {
        return faults;
    }

    /** What it was asked. */
    public CallLog calls() {
        return calls;
    }

    /** Changes its lasting particularities. */
    public void quirks(Set<Quirk> now) {
        service.quirks(now);
    }

    /** How the state of pins goes on that are made from now on. */
    public void progress(Progress now) {
        pins.progress(now);
    }

    /** How the state of all pins of one root goes on, those that exist and those to come. */
    public void progress(Cid root, Progress now) {
        pins.progress(root, now);
    }

    /** How honest its gateway is. */
    public void gatewayManner(GatewayManner now) {
        gateway.manner(now);
    }

    /** Pins show up in lists only after this time; getting one by its id works at once. */
    public void listLag(Duration lag) {
        pins.listLag(lag);
    }

    /** Answers so many requests per second on the five pin operations, and 429 to the rest. */
    public void limitTo(int perSecond, RateLimitStyle style) {
        server.limit(new RateLimiter(perSecond), style);
    }

    /** Takes as many requests as come. */
    public void limitNothing() {
        server.limit(null, RateLimitStyle.RETRY_AFTER);
    }

    /** Stops listening and drops all connections; the state stays. Does nothing when down. */
    public void down() {
        server.shut();
    }

    /** Listens again, on the same port. Does nothing when up. */
    public void up() {
        server.open();
    }

    /** The pins that exist now, oldest first. */
    public List<PinTruth> pins() {
        return pins.truth(pin -> !pin.removed);
    }

    /** The pins of one root that exist now. */
    public List<PinTruth> pinsOf(Cid root) {
        return pins.truth(pin -> !pin.removed && pin.order.cid().multihash().equals(root.multihash()));
    }

    /** All pins that were ever made, also the removed ones, oldest first. */
    public List<PinTruth> everCreated() {
        return pins.truth(pin -> true);
    }

    /** The pins that exist now and share their key with another, by that key; pins without a key are left out. */
    public Map<String, List<PinTruth>> duplicates(Function<PinTruth, @Nullable String> key) {
        Map<String, List<PinTruth>> byKey = new LinkedHashMap<>();
        for (PinTruth pin : pins()) {
            String of = key.apply(pin);
            if (of != null) {
                byKey.computeIfAbsent(of, first -> new ArrayList<>()).add(pin);
            }
        }
        byKey.values().removeIf(same -> same.size() < 2);
        return byKey;
    }

    /** Makes a pin as if some client had asked for it; returns its id. */
    public String plant(Cid root, @Nullable String pinName, Map<String, String> meta) {
        PinOrder order = new PinOrder(root, root.toString(), pinName, meta, List.of());
        return pins.add(order, service.quirks().contains(Quirk.REQUEST_ID_IS_CID)).id;
    }

    /** Loses a pin, as a company does that lost a disk; tells whether it was there. */
    public boolean lose(String requestId) {
        return pins.remove(requestId);
    }

    @Override
    public void close() {
        server.close();
        vertx.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public String toString() {
        return "ScriptedPsa[" + name + " at " + endpoint() + ", seed " + seed + "]";
    }

    /** Choices before the start; each has a default. */
    public static final class Builder {
        private String name = "scripted";
        private String token = "token-of-a-scripted-company";
        private int port;
        private long seed = 1;
        private Network network = new Network();
        private Set<Quirk> quirks = EnumSet.noneOf(Quirk.class);
        private Progress progress = new Progress.Immediately();

        private Builder() {}

        /** A short name for messages and delegates. */
        public Builder name(String chosen) {
            name = chosen;
            return this;
        }

        /** The only token that is taken. */
        public Builder token(String chosen) {
            token = chosen;
            return this;
        }

        /** The port on 127.0.0.1; 0 chooses one below the system's own range, so that it can be taken again. */
        public Builder port(int chosen) {
            port = chosen;
            return this;
        }

        /** The seed of all chances. */
        public Builder seed(long chosen) {
            seed = chosen;
            return this;
        }

        /** The content it can find, shared with others. */
        public Builder network(Network chosen) {
            network = chosen;
            return this;
        }

        public Builder quirks(Set<Quirk> chosen) {
            quirks = Set.copyOf(chosen);
            return this;
        }

        public Builder company(Company chosen) {
            return quirks(chosen.quirks());
        }

        public Builder progress(Progress chosen) {
            progress = chosen;
            return this;
        }

        /** Starts it; it answers when this returns. */
        public ScriptedPsa start() {
            ScriptedPsa psa = new ScriptedPsa(this);
            try {
                psa.up();
                return psa;
            } catch (RuntimeException e) {
                psa.close();
                throw e;
            }
        }
    }
}
