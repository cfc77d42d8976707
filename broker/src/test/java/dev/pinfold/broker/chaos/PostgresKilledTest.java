package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillableBroker.Address;
import dev.pinfold.broker.chaos.PinClient.Shown;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker lives on when its PostgreSQL dies under it, and does not wait for the leases of what it had in hand. */
class PostgresKilledTest {
    private static final int PINS = 40;
    private static final int COPIES = 3;

    @TempDir
    Path folder;

    @Test
    void copies_in_hand_when_the_database_died_are_made_well_before_their_leases_end() throws Exception {
        try (Upstreams upstreams = new Upstreams(COPIES, 1);
                PinClient client = new PinClient()) {
            upstreams
                    .all()
                    .forEach(psa -> psa.faults().always(PsaOperation.ADD, new PsaFault.Slow(Duration.ofMillis(60))));
            upstreams.configure(folder, "");
            try (KillableBroker broker = KillableBroker.start(folder)) {
                Address at = broker.awaitReady();
                List<String> cids = new ArrayList<>();
                for (int i = 0; i < PINS; i++) {
                    Dag dag = Dag.text("content " + i);
                    upstreams.network().offer(dag);
                    cids.add(dag.root().toString());
                    assertThat(client.add(at, dag.root().toString(), "pin-" + i, null)
                                    .status())
                            .isEqualTo(202);
                }
                upstreams.all().getFirst().calls().awaitArrivals(PsaOperation.ADD, 8, Duration.ofSeconds(20));
                assertThat(broker.killPostgres()).isTrue();
                long died = System.nanoTime();
                Eventually.holds(
                        () -> "all copies are verified\n" + broker.logTail(),
                        Duration.ofSeconds(30),
                        () -> verified(client, at) == PINS);
                System.out.printf(
                        "all done %d ms after PostgreSQL was killed%n", (System.nanoTime() - died) / 1_000_000);
                assertThat(broker.isAlive()).isTrue();
                assertThat(upstreams.faults(cids).none())
                        .as("%s", upstreams.faults(cids))
                        .isTrue();
            }
        }
    }

    private static int verified(PinClient client, Address at) {
        try {
            List<Shown> pins = client.all(at);
            return (int) pins.stream()
                    .filter(pin -> "3".equals(pin.info().get("pinfold_verified")))
                    .count();
        } catch (IOException e) {
            return -1;
        }
    }
}
