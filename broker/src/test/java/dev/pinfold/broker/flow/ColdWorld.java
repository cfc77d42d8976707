package dev.pinfold.broker.flow;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.RecordingProxy;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.SimulatedProvider;
import dev.pinfold.kit.filecoin.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A broker with a node of a SIMULATED Filecoin network, whose time is driven, and a hot store. */
final class ColdWorld implements AutoCloseable {
    static final Duration PATIENCE = PinClient.PATIENCE;
    private static final Duration STEP = Duration.ofMillis(25);
    private static final Duration LONGEST_STEP = Duration.ofMillis(250);

    final SimulatedNetwork network;
    final BrokerUnderTest broker;
    /** Between the broker and the network; empty where nothing is recorded. */
    private final List<RecordingProxy> proxies;

    private ColdWorld(SimulatedNetwork network, BrokerUnderTest broker, List<RecordingProxy> proxies) {
        this.network = network;
        this.broker = broker;
        this.proxies = proxies;
    }

    /** Choices before the start. */
    static final class Builder {
        private final Path folder;
        private SimulatedNetwork.Builder network = SimulatedNetwork.builder();
        private String mode = "auto";
        private String deal = "{duration: 180d, renew: {before: 30d}}";
        private String cold = "";
        private String aggregate = "{minBytes: 1KiB, targetBytes: 64KiB, maxWait: 0s}";
        private String rule = "{name: everything, match: {}, class: archive}";
        private String replicas = "{min: 1, target: 2}";
        private int confirmations = 10;
        private boolean recorded;
        private final List<RecordingProxy> proxies = new ArrayList<>();
        private String[] permissions = {"read", "write", "sign", "admin"};
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final Map<String, String> config = new LinkedHashMap<>();

        private Builder(Path folder) {
            this.folder = folder;
            config.put("deals.pollInterval", "50ms");
            config.put("deals.checkInterval", "200ms");
        }

        Builder network(SimulatedNetwork.Builder chosen) {
            network = chosen;
            return this;
        }

        Builder mode(String chosen) {
            mode = chosen;
            return this;
        }

        /** What the policy's cold section says under {@code deal}. */
        Builder deal(String yaml) {
            deal = yaml;
            return this;
        }

        /** More lines of the policy's cold section. */
        Builder cold(String yaml) {
            cold = yaml;
            return this;
        }

        /** How contents share a piece; each has its own without this. */
        Builder aggregate(String yaml) {
            aggregate = yaml;
            return this;
        }

        /** The policy's only rule. */
        Builder rule(String yaml) {
            rule = yaml;
            return this;
        }

        Builder copies(int wanted) {
            replicas = "{min: 1, target: " + wanted + "}";
            return this;
        }

        /** What the node's token allows. */
        Builder permissions(String... chosen) {
            permissions = chosen;
            return this;
        }

        /** All that goes over HTTP between broker, node and storage providers is remembered: {@link ColdWorld#traffic}. */
        Builder recorded() {
            recorded = true;
            return this;
        }

        /** A setting of the node's provider. */
        Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        Builder config(String path, String value) {
            config.put(path, value);
            return this;
        }

        ColdWorld start() {
            SimulatedNetwork started = network.start();
            try {
                return new ColdWorld(started, broker(started).start(), proxies);
            } catch (RuntimeException e) {
                proxies.forEach(RecordingProxy::close);
                started.close();
                throw e;
            }
        }

        private BrokerUnderTest.Builder broker(SimulatedNetwork started) {
            BrokerUnderTest.Builder builder = BrokerUnderTest.in(folder)
                    .local("hot", "labels: {jurisdiction: EU}")
                    .provider(node(started))
                    .policy("""
                            apiVersion: pinfold/v1
                            kind: PolicySet
                            metadata: {name: test, revision: 1}
                            classes:
                              archive:
                                hot:
                                  replicas: {min: 1, target: 1}
                                  ack: {pinnedAt: 1, by: verified}
                                cold:
                                  backend: lotus
                                  replicas: %s
                                  aggregate: %s
                                  deal: %s
                            rules:
                              - %s
                            """.formatted(replicas, aggregate, cold.isEmpty() ? deal : deal + "\n      " + cold, rule));
            config.forEach(builder::set);
            return builder;
        }

        private URI seen(URI endpoint) {
            if (!recorded) {
                return endpoint;
            }
            RecordingProxy proxy = new RecordingProxy(endpoint);
            proxies.add(proxy);
            return proxy.endpoint();
        }

        private List<String> node(SimulatedNetwork started) {
            Path token = folder.resolve("node.token");
            try {
                Files.writeString(token, started.node().token(permissions));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Map<String, String> all = new LinkedHashMap<>();
            all.put("endpoint", "\"" + seen(started.node().endpoint()) + "\"");
            all.put("token", "{file: \"" + token + "\"}");
            all.put("mode", mode);
            all.put("confirmations", String.valueOf(confirmations));
            all.put("topUpEscrow", "true");
            all.put("settleTime", "0s");
            all.put("pollInterval", "100ms");
            all.put(
                    "storageProviders",
                    "\""
                            + started.providers().stream()
                                    .map(sp -> sp.address() + "=" + seen(sp.endpoint()))
                                    .collect(Collectors.joining(" "))
                            + "\"");
            all.put(
                    "countries",
                    "\""
                            + started.providers().stream()
                                    .map(sp -> sp.address() + "=" + sp.country())
                                    .collect(Collectors.joining(" "))
                            + "\"");
            all.putAll(settings);
            return List.of(
                    "id: lotus",
                    "type: filecoin",
                    "tier: cold",
                    "settings: {"
                            + all.entrySet().stream()
                                    .map(e -> e.getKey() + ": " + e.getValue())
                                    .collect(Collectors.joining(", "))
                            + "}");
        }
    }

    static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** A node that can make deals in this way. */
    static SimulatedNetwork.Builder networkFor(String mode) {
        return SimulatedNetwork.builder().nodes(mode.equals("lotus-legacy") ? LotusAge.V1_27 : LotusAge.V1_36);
    }

    /** Uploads and pins a file; returns the pin's requestid. */
    String add(Dag file) {
        return broker.client().upload(file);
    }

    /** What went over HTTP so far, in the order of the answers. */
    List<RecordingProxy.Exchange> traffic() {
        return proxies.stream().flatMap(proxy -> proxy.sent.stream()).toList();
    }

    /** All that storage providers really have, also what came to nothing. */
    List<DealTruth> truth() {
        List<DealTruth> all = new ArrayList<>();
        for (SimulatedProvider sp : network.providers()) {
            all.addAll(sp.deals());
        }
        return all;
    }

    List<DealTruth> active() {
        return truth().stream().filter(deal -> deal.stage() == Stage.ACTIVE).toList();
    }

    /**
     * Lets epochs pass in steps until something holds; not so fast that a deal's start passes while the broker is busy with
     * its proposal: after each step it has asked its node something, or had a quarter of a second for it.
     */
    void advanceUntil(String what, int step, BooleanSupplier holds) {
        long[] last = {System.nanoTime() - STEP.toNanos()};
        int[] asked = {-1};
        BooleanSupplier look = () -> {
            if (holds.getAsBoolean()) {
                return true;
            }
            long since = System.nanoTime() - last[0];
            int now = asked();
            if (since >= LONGEST_STEP.toNanos() || (since >= STEP.toNanos() && now != asked[0])) {
                asked[0] = now;
                network.advance(step);
                last[0] = System.nanoTime();
            }
            return holds.getAsBoolean();
        };
        try {
            Eventually.holds(what, PATIENCE, look);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; storage providers have " + truth() + "; the broker has " + told(), e);
        }
    }

    /** How many calls came to the node. */
    private int asked() {
        return network.node().calls().counts().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    private String told() {
        try {
            return broker.client().send("GET", "/api/v1/deals", null).json().toString();
        } catch (RuntimeException e) {
            return "not answered: " + e;
        }
    }

    @Override
    public void close() {
        broker.close();
        proxies.forEach(RecordingProxy::close);
        network.close();
    }
}
