package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replacing a pin never leaves a moment without the content, and moves nothing that need not move. */
class ReplaceFlowTest {
    @TempDir
    Path folder;

    @Test
    void replacing_by_the_same_content_keeps_the_copy_that_is_there() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            try (BrokerUnderTest broker =
                    BrokerUnderTest.in(folder).upstream(alpha).start()) {
                PinClient client = broker.client();
                Dag dag = companies.offered();
                String first = client.pin(dag.root());
                client.awaitStatus(first, "pinned");
                String second = client.replace(first, dag.root());
                assertThat(second).isNotEqualTo(first);
                assertThat(client.send("GET", "/pins/" + first, null).status()).isEqualTo(404);
                client.awaitStatus(second, "pinned");
                Eventually.alwaysFor(
                        "the copy stays",
                        Duration.ofSeconds(1),
                        () -> alpha.pinsOf(dag.root()).size() == 1);
                assertThat(alpha.everCreated()).hasSize(1);
            }
        }
    }

    @Test
    void replacing_by_other_content_releases_the_old_copy_only_after_the_grace() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                    .upstream(alpha)
                    .set("reconcile.retireAfter", "3s")
                    .start()) {
                PinClient client = broker.client();
                Dag old = companies.offered();
                Dag fresh = companies.offered();
                String first = client.pin(old.root());
                client.awaitStatus(first, "pinned");
                String second = client.replace(first, fresh.root());
                client.awaitStatus(second, "pinned");
                assertThat(alpha.pinsOf(fresh.root())).hasSize(1);
                Eventually.holds(
                        "the old copy is released",
                        PinClient.PATIENCE,
                        () -> alpha.pinsOf(old.root()).isEmpty());
                assertThat(alpha.pinsOf(fresh.root())).hasSize(1);
            }
        }
    }

    @Test
    void content_pinned_again_within_the_grace_is_taken_back_without_a_new_order() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                    .upstream(alpha)
                    .set("reconcile.retireAfter", "20s")
                    .start()) {
                PinClient client = broker.client();
                Dag dag = companies.offered();
                String first = client.pin(dag.root());
                client.awaitStatus(first, "pinned");
                client.delete(first);
                String second = client.pin(dag.root());
                client.awaitStatus(second, "pinned");
                assertThat(alpha.everCreated()).hasSize(1);
                assertThat(alpha.pins()).hasSize(1);
            }
        }
    }
}
