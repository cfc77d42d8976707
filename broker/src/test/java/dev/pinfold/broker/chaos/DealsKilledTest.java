package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.Stage;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One file after the other becomes two deals, and in each life the broker dies (SIGKILL) at another moment: before or after
 * the statement that writes down an intent or a checkpoint. What storage providers of the SIMULATED network then have is
 * counted: never more and never fewer deals than wanted. Runs with {@code -Dpinfold.thorough=true}.
 */
@EnabledIfSystemProperty(named = "pinfold.thorough", matches = "true")
class DealsKilledTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String INTENT = "INSERT INTO deal ";
    private static final String CHECKPOINT = "UPDATE deal SET state = ";

    @TempDir
    Path folder;

    /**
     * A moment.
     *
     * @param occurrence of the statement in one life, from 1
     * @param done false: the server never hears of it; true: it is carried out, and the broker never learns of it
     */
    private record Moment(String statement, int occurrence, boolean done) {
        @Override
        public String toString() {
            return (done ? "after " : "before ") + (statement.equals(INTENT) ? "intent" : "checkpoint") + " "
                    + occurrence;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lotus-legacy", "lotus-mk12", "lotus-mk20"})
    void whenever_the_broker_dies_there_are_exactly_as_many_deals_as_are_wanted(String mode) throws Exception {
        try (Lives lives = new Lives(folder, mode)) {
            lives.live(null);
            Map<String, Integer> statements = lives.watcher.counted();
            System.out.println(mode + ": statements in one life: " + statements);
            List<String> reached = new ArrayList<>();
            for (Moment moment : moments(statements)) {
                if (lives.live(moment)) {
                    reached.add(moment.toString());
                }
            }
            System.out.println(mode + ": killed " + reached.size() + " times: " + reached + "; " + lives.figures());
            assertThat(reached).isNotEmpty();
        }
    }

    private static List<Moment> moments(Map<String, Integer> statements) {
        List<Moment> moments = new ArrayList<>();
        int checkpoints = Math.min(statements.getOrDefault(CHECKPOINT, 0), THOROUGH ? 12 : 4);
        for (int n = 1; n <= checkpoints; n++) {
            // In short runs: under the proposal, before its answer is written down.
            if (THOROUGH || n == 3) {
                moments.add(new Moment(CHECKPOINT, n, true));
            }
            if (THOROUGH || n == 4) {
                moments.add(new Moment(CHECKPOINT, n, false));
            }
        }
        for (int n = 1; THOROUGH && n <= 2; n++) {
            moments.add(new Moment(INTENT, n, false));
            moments.add(new Moment(INTENT, n, true));
        }
        return moments;
    }

    /** Counts statements, and kills at the chosen moment. */
    private static final class Watcher implements SqlProxy.Watcher {
        private final Runnable kill;
        private final Map<String, Integer> begun = new TreeMap<>();
        private final Map<String, Integer> carriedOut = new TreeMap<>();
        private @org.jspecify.annotations.Nullable Moment chosen;
        private boolean fired;

        Watcher(Runnable kill) {
            this.kill = kill;
        }

        synchronized void arm(@org.jspecify.annotations.Nullable Moment moment) {
            begun.clear();
            carriedOut.clear();
            chosen = moment;
            fired = false;
        }

        synchronized boolean fired() {
            return fired;
        }

        synchronized Map<String, Integer> counted() {
            return new TreeMap<>(carriedOut);
        }

        @Override
        public boolean before(String sql) {
            if (!reached(sql, begun, false)) {
                return false;
            }
            kill.run();
            return true;
        }

        @Override
        public boolean after(String sql, int rows) {
            return rows > 0 && reached(sql, carriedOut, true);
        }

        @Override
        public void kept() {
            kill.run();
        }

        private synchronized boolean reached(String sql, Map<String, Integer> counts, boolean done) {
            String line = sql.replaceAll("\\s+", " ").strip();
            String statement = List.of(INTENT, CHECKPOINT).stream()
                    .filter(line::startsWith)
                    .findFirst()
                    .orElse(null);
            if (statement == null) {
                return false;
            }
            int count = counts.merge(statement, 1, Integer::sum);
            boolean now = new Moment(statement, count, done).equals(chosen);
            fired = fired || now;
            return now;
        }
    }

    /** A broker in a JVM of its own, its database behind a proxy, and a network whose time is driven. */
    private static final class Lives implements AutoCloseable {
        private final Path folder;
        private final SimulatedNetwork network;
        private final Watcher watcher = new Watcher(() -> this.broker().kill());
        private final SqlProxy proxy;
        private volatile KillableBroker broker;
        private int lives;

        Lives(Path folder, String mode) throws IOException {
            this.folder = folder;
            this.network = SimulatedNetwork.builder()
                    .nodes(mode.equals("lotus-legacy") ? LotusAge.V1_27 : LotusAge.V1_36)
                    .start();
            PgConnectOptions direct = PgConnectOptions.fromUri(SharedPostgres.freshDatabase());
            proxy = new SqlProxy(Path.of(direct.getHost()), watcher);
            Path url = Files.writeString(
                    folder.resolve("database.url"),
                    "postgresql://%s:%s@127.0.0.1:%d/%s"
                            .formatted(direct.getUser(), direct.getPassword(), proxy.port(), direct.getDatabase()));
            configure(mode, url);
            broker = KillableBroker.start(folder);
            broker.awaitReady();
        }

        private KillableBroker broker() {
            return broker;
        }

        private void configure(String mode, Path url) throws IOException {
            Path token = Files.writeString(
                    folder.resolve("node.token"), network.node().adminToken());
            Files.writeString(folder.resolve("policy.yaml"), """
                    apiVersion: pinfold/v1
                    kind: PolicySet
                    metadata: {name: chaos, revision: 1}
                    classes:
                      archive:
                        hot:
                          replicas: {min: 1, target: 1}
                          ack: {pinnedAt: 1, by: verified}
                        cold:
                          backend: lotus
                          replicas: {min: 1, target: 2}
                          aggregate: {minBytes: 1KiB, targetBytes: 64KiB, maxWait: 0s}
                          deal: {duration: 180d, renew: {before: 30d}}
                    rules:
                      - {name: everything, match: {}, class: archive}
                    """);
            String providers = network.providers().stream()
                    .map(sp -> sp.address() + "=" + sp.endpoint())
                    .collect(Collectors.joining(" "));
            Files.writeString(folder.resolve("broker.yaml"), """
                    storage: {reserve: 16MiB}
                    reconcile: {pollInterval: 50ms, observeEvery: 100ms, retryMin: 50ms, retryMax: 2s}
                    deals: {pollInterval: 50ms, checkInterval: 500ms}
                    policy: {file: policy.yaml}
                    database: {url: {file: %s}}
                    providers:
                      - id: hot
                        type: local
                        settings: {path: stores/hot}
                      - id: lotus
                        type: filecoin
                        tier: cold
                        rate: {requestsPerSecond: 20000, burst: 20000}
                        settings: {endpoint: "%s", token: {file: %s}, mode: %s, confirmations: 5, topUpEscrow: true,
                          settleTime: 0s, pollInterval: 100ms, storageProviders: "%s"}
                    """.formatted(
                            url, network.node().endpoint(), token, mode, providers));
        }

        /** One file's way to two active deals; tells whether the chosen moment came. */
        boolean live(@org.jspecify.annotations.Nullable Moment moment) throws Exception {
            int number = ++lives;
            watcher.arm(moment);
            upload(Dag.file(9_000 + number, 140, 8_000));
            int wanted = 2 * number;
            Eventually.holds(
                    () -> wanted + " deals are active at " + moment + ": " + network.deals() + "\n" + broker.logTail(),
                    LIMIT,
                    () -> {
                        revive();
                        if (active().size() < wanted) {
                            network.advance(20);
                        }
                        return active().size() >= wanted;
                    });
            revive();
            assertThat(network.deals())
                    .as("all deals that were ever taken, at %s", moment)
                    .hasSize(wanted);
            assertThat(pairs()).as("distinct storage providers for each piece").hasSize(wanted);
            assertThat(network.doubleProposals())
                    .as("two deals for one intent, at %s", moment)
                    .isEmpty();
            return watcher.fired();
        }

        private void revive() {
            if (!broker.isAlive()) {
                try {
                    broker = KillableBroker.start(folder);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                broker.awaitReady();
            }
        }

        private List<DealTruth> active() {
            return network.deals().stream()
                    .filter(deal -> deal.stage() == Stage.ACTIVE)
                    .toList();
        }

        private Set<String> pairs() {
            return active().stream()
                    .map(deal -> deal.pieceCid() + " " + deal.provider())
                    .collect(Collectors.toSet());
        }

        private void upload(Dag file) throws Exception {
            HttpResponse<String> answer = send(file);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }

        /** Once more where the broker died under it: the same content makes no other piece. */
        private HttpResponse<String> send(Dag file) throws Exception {
            revive();
            try {
                return trySend(file);
            } catch (IOException died) {
                revive();
                return trySend(file);
            }
        }

        private HttpResponse<String> trySend(Dag file) throws Exception {
            Address at = broker.awaitReady();
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(at.endpoint() + "/api/v1/content"))
                            .header("Authorization", "Bearer " + at.token())
                            .header("Content-Type", "application/vnd.ipld.car")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(file.car()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        String figures() {
            return network.deals().size() + " deals for " + lives + " pieces with 2 copies each, "
                    + network.doubleProposals().size() + " doubles";
        }

        @Override
        public void close() throws IOException {
            broker.close();
            proxy.close();
            network.close();
        }
    }
}
