package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.Progress;
import dev.pinfold.kit.ScriptedPsa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers and databases end at any time; what was acknowledged goes on afterwards (I1). */
class RestartFlowTest {
    @TempDir
    Path folder;

    @Test
    void a_broker_that_was_stopped_goes_on_where_it_was() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            alpha.progress(new Progress.AfterTime(Duration.ofSeconds(2)));
            try (BrokerUnderTest broker =
                    BrokerUnderTest.in(folder).upstream(alpha).start()) {
                PinClient client = broker.client();
                List<String> ids = Parallel.map(16, companies.offered(60), client::pin);
                String deleted = ids.getFirst();
                client.delete(deleted);
                broker.stop();
                broker.start();
                ids.stream().skip(1).forEach(id -> client.awaitStatus(id, "pinned"));
                Eventually.holds(
                        "one pin for each that is left",
                        PinClient.PATIENCE,
                        () -> alpha.pins().size() == 59);
                assertThat(alpha.duplicates(PinTruth::cid)).isEmpty();
            }
        }
    }

    /** What a client saw of one request. */
    private record Seen(String requestId, int status, String text) {}

    @Test
    void a_killed_database_costs_clean_errors_and_no_acknowledged_pin() throws Exception {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            // What a worker had in hand when the database died is taken up again after its lease.
            try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                    .upstream(alpha)
                    .ownDatabase()
                    .set("reconcile.leaseDuration", "10s")
                    .start()) {
                PinClient client = broker.client();
                List<Cid> roots = companies.offered(400);
                ConcurrentLinkedQueue<Seen> answers = new ConcurrentLinkedQueue<>();
                AtomicInteger sent = new AtomicInteger();
                Thread killer = Thread.ofVirtual().start(() -> {
                    for (int at : new int[] {80, 240}) {
                        Eventually.holds("requests flow", PinClient.PATIENCE, () -> sent.get() >= at);
                        kill(broker.postgresPid());
                    }
                });
                Parallel.map(8, roots, root -> {
                    sent.incrementAndGet();
                    answers.add(post(client, root));
                    return root;
                });
                assertThat(killer.join(Duration.ofMinutes(1))).isTrue();
                assertThat(answers).extracting(Seen::status).isSubsetOf(202, 503);
                answers.stream()
                        .filter(a -> a.status() == 503)
                        .forEach(a -> assertThat(a.text())
                                .contains("\"error\"")
                                .contains("\"reason\"")
                                .doesNotContain("Exception"));
                List<String> taken = new ArrayList<>();
                answers.stream().filter(a -> a.status() == 202).forEach(a -> taken.add(a.requestId()));
                System.out.printf("measured: %d of %d requests were taken%n", taken.size(), roots.size());
                Eventually.holds(
                        "service goes on by itself",
                        PinClient.PATIENCE,
                        () -> post(client, roots.getFirst()).status() == 202);
                taken.forEach(id -> client.awaitStatus(id, "pinned"));
                assertThat(alpha.duplicates(PinTruth::cid)).isEmpty();
            }
        }
    }

    private static Seen post(PinClient client, Cid root) {
        PinClient.Answer answer = client.send("POST", "/pins", PinClient.body(root, null));
        String id = answer.status() == 202 ? answer.json().get("requestid").textValue() : "";
        return new Seen(id, answer.status(), answer.text());
    }

    private static void kill(long pid) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -KILL " + pid).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
