package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One file after the other becomes two deals, and in each life the broker dies (SIGKILL) at another checkpoint: before it is
 * written, when it is written and not committed, or when it is on the disk and the broker has not heard of that. What
 * storage providers of the SIMULATED network then have is counted: as many deals as are wanted, never one more (I4). All
 * moments of all modes with {@code -Dpinfold.thorough=true}, else those around a proposal.
 */
class DealsKilledTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"lotus-legacy", "lotus-mk12", "lotus-mk20"})
    @EnabledIfSystemProperty(named = "pinfold.thorough", matches = "true")
    void at_whatever_checkpoint_the_broker_dies_there_are_exactly_the_deals_that_are_wanted(String mode)
            throws Exception {
        try (DealLives lives = new DealLives(folder, mode)) {
            Map<String, Integer> steps = lives.undisturbed();
            System.out.println(mode + ": statements on the way to two deals: " + steps);
            assertThat(steps).containsKeys("deal ordered", "deal prepared", "deal proposing", "deal active");
            List<AtStatement<String>> moments = new ArrayList<>();
            steps.forEach((statement, times) -> {
                for (int n = 1; n <= times; n++) {
                    moments.add(new AtStatement<>(statement, n, false));
                    moments.add(new AtStatement<>(statement, n, true));
                }
            });
            List<String> missed = dieAt(lives, mode, moments);
            // A look may find a deal further than the next checkpoint, which then is not written.
            assertThat(missed).hasSizeLessThan(moments.size() / 3);
            assertThat(missed).noneMatch(moment -> moment.matches(".*(sealed|ordered|prepared|proposing|active) #1"));
        }
    }

    /** The proposal is about to leave; it has been taken, and that is not written down. */
    @Test
    void a_broker_that_dies_under_a_proposal_makes_it_once() throws Exception {
        try (DealLives lives = new DealLives(folder, "lotus-mk12")) {
            List<AtStatement<String>> moments = List.of(
                    new AtStatement<>("deal proposing", 1, true),
                    new AtStatement<>("deal accepted", 1, false),
                    new AtStatement<>("the commit of deal accepted", 2, true));
            assertThat(dieAt(lives, "lotus-mk12", moments)).isEmpty();
        }
    }

    /** Answers the moments that never came. */
    private static List<String> dieAt(DealLives lives, String mode, List<AtStatement<String>> moments)
            throws Exception {
        List<String> missed = new ArrayList<>();
        for (AtStatement<String> moment : moments) {
            boolean fired = lives.killedAt(moment);
            System.out.println(mode + (fired ? ": killed " : ": never came: ") + moment);
            if (!fired) {
                missed.add(moment.toString());
            }
        }
        System.out.println(mode + ": " + lives.figures() + "; " + missed.size() + " moments never came: " + missed);
        return missed;
    }
}
