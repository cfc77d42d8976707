package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.Progress;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A company vanishes: its copies are made elsewhere no faster than the policy's {@code repair.rate} says. */
class RepairPaceFlowTest {
    private static final Duration MAKING = Duration.ofMillis(700);
    private static final int AT_ONCE = 2;

    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    @Test
    void no_more_copies_are_made_at_once_than_max_concurrent_and_all_in_the_end() {
        ScriptedPsa one = companies.open("one");
        ScriptedPsa two = companies.open("two");
        ScriptedPsa spare = companies.open("spare");
        spare.progress(new Progress.AfterTime(MAKING));
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(one, "price: {storagePerGiBMonth: 0.01}")
                .upstream(two, "price: {storagePerGiBMonth: 0.02}")
                .upstream(spare, "price: {storagePerGiBMonth: 9}")
                .policy(PolicyTexts.policy(
                        1,
                        PolicyTexts.copies(2),
                        "repair: {delay: {underMin: 0s, underTarget: 0s}, rate: {maxConcurrent: " + AT_ONCE + "}}"))
                .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered(7);
            List<String> ids = roots.stream().map(client::pin).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 2));
            one.down();
            Eventually.holds(
                    "some wait and say why",
                    PinClient.PATIENCE,
                    () -> ids.stream()
                            .anyMatch(id -> client.info(id, "status_details")
                                    .contains("repair.rate.maxConcurrent: " + AT_ONCE)));
            ids.forEach(id -> client.await(
                    id, "repaired", pin -> client.providersIn(id, "verified").containsAll(List.of("two", "spare"))));
            List<Instant> begun =
                    spare.everCreated().stream().map(PinTruth::created).sorted().toList();
            assertThat(begun).hasSameSizeAs(roots);
            for (int i = AT_ONCE; i < begun.size(); i++) {
                assertThat(Duration.between(begun.get(i - AT_ONCE), begun.get(i)))
                        .as("copy %d begins when one of the %d before it is there", i, AT_ONCE)
                        .isGreaterThanOrEqualTo(MAKING);
            }
        }
    }
}
