package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.PinClient.Shown;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed at random moments while clients pin, replace and delete. 200 kills and 2,000 pins with
 * {@code -Dpinfold.thorough=true}; {@code -Dpinfold.seed} repeats a run, {@code -Dpinfold.kills} sets the kills.
 */
class KilledAtRandomTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");
    private static final int KILLS = Integer.getInteger("pinfold.kills", THOROUGH ? 200 : 6);
    private static final int PINS_PER_LIFE = THOROUGH ? 10 : 25;
    private static final int COPIES = 3;

    private final long seed = Long.getLong("pinfold.seed", System.nanoTime() & 0xffff_ffffL);

    @TempDir
    Path folder;

    @Test
    void nothing_acknowledged_is_lost_and_no_company_holds_a_duplicate_or_an_orphan() throws Exception {
        System.out.println("seed " + seed + ", folder " + folder);
        try (Upstreams upstreams = new Upstreams(COPIES, seed);
                PinClient client = new PinClient();
                Workload workload = new Workload(client, upstreams.network(), seed, KILLS * PINS_PER_LIFE)) {
            upstreams
                    .all()
                    .forEach(psa -> psa.faults().sometimes(PsaOperation.ADD, 0.02, PsaFault.resetAfterAccepting()));
            upstreams.configure(folder, "");
            try (KillRun run = new KillRun(
                            folder, workload, client, () -> workload.acknowledged() + upstreams.orders(), seed);
                    Sampler sampler = new Sampler(client, workload, run::address, upstreams::holding, seed)) {
                workload.start(4);
                run.killing(KILLS, PINS_PER_LIFE);
                List<Shown> pins = run.rest(COPIES);
                System.out.println(run.figures());
                System.out.println(run.complaints());
                Set<String> wanted = run.judge(pins);
                boolean clean = Eventually.within(
                        Duration.ofSeconds(60), () -> upstreams.faults(wanted).none());
                System.out.printf(
                        "contents %d; at %d companies: %s; samples %d, %d of them shown as pinned%n",
                        wanted.size(), COPIES, upstreams.faults(wanted), sampler.samples(), sampler.shownPinned());
                assertThat(clean)
                        .as(
                                "what the companies hold: %s%n%s",
                                upstreams.faults(wanted), run.broker().logTail())
                        .isTrue();
                assertThat(sampler.lies()).isEmpty();
                assertThat(sampler.shownPinned()).isPositive();
                assertThat(workload.unanswered().keySet()).noneMatch(kind -> kind.contains("collided"));
            }
        }
    }
}
