package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Reply;
import dev.pinfold.broker.flow.SharedPostgres;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.Pace;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import dev.pinfold.kit.filecoin.Stage;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Leads files to two deals each, with storage providers of a SIMULATED network and a broker that is killed at a chosen
 * moment and started again. Each file is a piece of its own.
 */
final class DealLives implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int COPIES = 2;
    /** So slowly that no deal's start passes while a broker starts. */
    private static final Duration EPOCH = Duration.ofMillis(10);

    private final Path folder;
    private final SimulatedNetwork network;
    private final DealStatements statements = new DealStatements();
    private final Trigger<String> trigger =
            new Trigger<>(name -> name.isEmpty() ? Optional.empty() : Optional.of(name), this::kill);
    private final PinClient client = new PinClient();
    private final SqlProxy proxy;
    private final FrontDoor door;
    private volatile KillableBroker broker;
    private int lives;
    private int kills;
    private long lastEpoch = System.nanoTime();

    DealLives(Path folder, String mode) throws IOException {
        this.folder = folder;
        network = SimulatedNetwork.builder()
                .nodes(mode.equals("lotus-legacy") ? LotusAge.V1_27 : LotusAge.V1_36)
                .pace(new Pace(4, 20, 60, 2))
                .transferTries(10_000)
                .start();
        PgConnectOptions direct = PgConnectOptions.fromUri(SharedPostgres.freshDatabase());
        proxy = new SqlProxy(Path.of(direct.getHost()), statements, trigger);
        door = new FrontDoor(() -> current().address().map(Address::endpoint));
        Path url = Files.writeString(
                folder.resolve("database.url"),
                "postgresql://%s:%s@127.0.0.1:%d/%s"
                        .formatted(direct.getUser(), direct.getPassword(), proxy.port(), direct.getDatabase()));
        configure(mode, url);
        broker = KillableBroker.start(folder);
        broker.awaitReady();
    }

    private KillableBroker current() {
        return broker;
    }

    private void kill() {
        broker.kill();
    }

    private void configure(String mode, Path url) throws IOException {
        Path token =
                Files.writeString(folder.resolve("node.token"), network.node().adminToken());
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
                      replicas: {min: 1, target: %d}
                      aggregate: {minBytes: 1KiB, targetBytes: 64KiB, maxWait: 0s}
                      deal: {duration: 180d, renew: {before: 30d}}
                rules:
                  - {name: everything, match: {}, class: archive}
                """.formatted(COPIES));
        String providers = network.providers().stream()
                .map(sp -> sp.address() + "=" + sp.endpoint())
                .collect(Collectors.joining(" "));
        Files.writeString(folder.resolve("broker.yaml"), """
                storage: {reserve: 16MiB}
                reconcile: {pollInterval: 50ms, observeEvery: 100ms, retryMin: 50ms, retryMax: 2s}
                deals: {pollInterval: 50ms, checkInterval: 500ms, publicUrl: "%s"}
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
                    settings: {endpoint: "%s", token: {file: %s}, mode: %s, confirmations: 2, topUpEscrow: true,
                      settleTime: 0s, pollInterval: 100ms, storageProviders: "%s"}
                """.formatted(
                        door.url(), url, network.node().endpoint(), token, mode, providers));
    }

    /** One life without a kill; answers how often each statement had an effect in it. */
    Map<String, Integer> undisturbed() throws IOException {
        live(null);
        return trigger.counted();
    }

    /** One life with a kill; answers whether the moment came. */
    boolean killedAt(AtStatement<String> moment) throws IOException {
        live(moment);
        kills += trigger.fired() ? 1 : 0;
        return trigger.fired();
    }

    private void live(@Nullable AtStatement<String> moment) throws IOException {
        int number = ++lives;
        statements.begin();
        trigger.arm(moment);
        Dag file = Dag.file(9_000 + number, 140, 8_000);
        String[] pin = {""};
        until("it is added", at -> {
            Reply reply = client.uploadCar(at, file.car());
            assertThat(reply.status()).as("%s", reply).isIn(202, 500, 503);
            if (reply.status() == 202) {
                pin[0] = reply.json().getJsonArray("pins").getJsonObject(0).getString("requestid");
            }
            return reply.status() == 202;
        });
        until("the broker knows of two active deals at " + moment, at -> {
            goOn();
            Reply reply = client.get(at, pin[0]);
            return reply.status() == 200
                    && "2 of 2 deals active"
                            .equals(PinClient.shown(reply.json()).info().get("pinfold_cold"));
        });
        judge(moment);
    }

    private interface Step {
        boolean done(Address at) throws IOException;
    }

    /** A broker that has just died is started again, and asked again. */
    private void until(String what, Step step) {
        Eventually.holds(
                () -> what + " (life " + lives + ")\n" + network.deals() + "\n" + broker.logTail(), LIMIT, () -> {
                    try {
                        if (!broker.isAlive()) {
                            broker = KillableBroker.start(folder);
                            broker.awaitReady();
                        }
                        Optional<Address> at = broker.address();
                        return at.isPresent() && step.done(at.get());
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private void goOn() {
        if (System.nanoTime() - lastEpoch > EPOCH.toNanos()) {
            network.chain().advanceUnlessMoving(1);
            lastEpoch = System.nanoTime();
        }
    }

    private void judge(@Nullable AtStatement<String> moment) {
        int wanted = COPIES * lives;
        assertThat(network.deals())
                .as("all deals that storage providers ever took on, at %s", moment)
                .hasSize(wanted)
                .allMatch(deal -> deal.stage() == Stage.ACTIVE);
        assertThat(pairs())
                .as("a storage provider for each copy, at %s", moment)
                .hasSize(wanted);
        assertThat(network.doubleProposals())
                .as("two deals for one intent, at %s", moment)
                .isEmpty();
    }

    private Set<String> pairs() {
        Set<String> pairs = new HashSet<>();
        for (DealTruth deal : network.deals()) {
            pairs.add(deal.pieceCid() + " " + deal.provider());
        }
        return pairs;
    }

    /** What was counted at the simulator, in one line. */
    String figures() {
        List<DealTruth> deals = network.deals();
        long lost = (long) COPIES * lives
                - deals.stream().filter(deal -> deal.stage() == Stage.ACTIVE).count();
        return "%d kills, %d pieces with %d copies each: %d deals taken on, %d of them double, %d lost"
                .formatted(
                        kills,
                        lives,
                        COPIES,
                        deals.size(),
                        network.doubleProposals().size(),
                        lost);
    }

    @Override
    public void close() throws IOException {
        broker.close();
        client.close();
        door.close();
        proxy.close();
        network.close();
    }
}
