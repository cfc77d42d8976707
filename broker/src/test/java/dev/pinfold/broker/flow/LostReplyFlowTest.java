package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.PinTruth;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider takes an order and the reply is lost: the order is looked for, not repeated (I4). */
class LostReplyFlowTest {
    private static final int PINS = Boolean.getBoolean("pinfold.thorough") ? 1000 : 200;
    /** The breaker leaves the provider alone again and again, so that about two pins a second come through. */
    private static final Duration PATIENCE = Duration.ofSeconds(300 + 2L * PINS);

    @TempDir
    Path folder;

    @Test
    void a_provider_that_resets_after_accepting_never_holds_a_pin_twice() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            // Not every time: a breaker would leave it alone, and then hardly any reply could be lost.
            alpha.faults().sometimes(PsaOperation.ADD, 0.3, PsaFault.resetAfterAccepting());
            try (BrokerUnderTest broker =
                    BrokerUnderTest.in(folder).upstream(alpha).start()) {
                List<Cid> roots = companies.offered(PINS);
                List<String> ids = Parallel.map(8, roots, broker.client()::pin);
                awaitPinned(broker.client(), ids.size());
                assertThat(alpha.calls().count(PsaOperation.ADD, 0)).isGreaterThan(PINS / 10);
                assertThat(alpha.pins()).hasSize(PINS);
                assertThat(alpha.duplicates(PinTruth::cid)).isEmpty();
                // Not even for a moment were there two.
                assertThat(alpha.everCreated()).hasSize(PINS);
            }
        }
    }

    @Test
    void a_lost_reply_is_recognised_although_lists_lag_behind() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            alpha.listLag(Duration.ofMillis(700));
            alpha.faults().next(PsaOperation.ADD, 3, PsaFault.resetAfterAccepting());
            try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                    .upstream(alpha)
                    .set("reconcile.unknownSettle", "2s")
                    .start()) {
                List<String> ids = Parallel.map(3, companies.offered(3), broker.client()::pin);
                awaitPinned(broker.client(), ids.size());
                assertThat(alpha.everCreated()).hasSize(3);
            }
        }
    }

    @Test
    void an_order_that_never_arrived_is_sent_again_after_it_was_looked_for() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            alpha.faults().next(PsaOperation.ADD, 1, PsaFault.resetBeforeAccepting());
            try (BrokerUnderTest broker =
                    BrokerUnderTest.in(folder).upstream(alpha).start()) {
                String id = broker.client().pin(companies.offered().root());
                broker.client().awaitStatus(id, "pinned");
                assertThat(alpha.calls().count(PsaOperation.LIST)).isGreaterThanOrEqualTo(3);
                assertThat(alpha.everCreated()).hasSize(1);
            }
        }
    }

    @Test
    void an_order_that_turns_up_twice_after_all_is_cut_back_to_one() {
        try (Companies companies = new Companies()) {
            ScriptedPsa alpha = companies.open("alpha");
            // Its lists show nothing for longer than any settling: the order must be sent again.
            alpha.listLag(Duration.ofSeconds(3));
            alpha.faults().next(PsaOperation.ADD, 1, PsaFault.resetAfterAccepting());
            try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                    .upstream(alpha)
                    .set("reconcile.unknownSettle", "300ms")
                    .start()) {
                Cid root = companies.offered().root();
                String id = broker.client().pin(root);
                broker.client().awaitStatus(id, "pinned");
                Eventually.holds(
                        "one pin is left of " + alpha.everCreated().size(),
                        PinClient.PATIENCE,
                        () -> alpha.pinsOf(root).size() == 1);
                broker.client().delete(id);
                Eventually.holds(
                        "nothing is left",
                        PinClient.PATIENCE,
                        () -> alpha.pins().isEmpty());
            }
        }
    }

    private static void awaitPinned(PinClient client, int count) {
        Eventually.see(
                count + " pins are pinned",
                PATIENCE,
                () -> client.list("status=pinned&limit=1").get("count").intValue(),
                pinned -> pinned == count);
    }
}
