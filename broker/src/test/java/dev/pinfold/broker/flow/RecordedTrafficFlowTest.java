package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.documents.AnswerShapes;
import dev.pinfold.kit.documents.Mk20Shapes;
import dev.pinfold.kit.documents.PublishedDocuments;
import dev.pinfold.kit.documents.RequestShapes;
import dev.pinfold.kit.filecoin.LotusAge;
import dev.pinfold.kit.filecoin.RecordingProxy.Exchange;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole broker makes deals and lets go of them, and all that it sent and all that the SIMULATED network answered over
 * HTTP keeps to the documents that Lotus and Curio publish. Skipped where those are not beside the checkout.
 */
class RecordedTrafficFlowTest {
    @TempDir
    Path folder;

    @BeforeEach
    void documents() {
        PublishedDocuments.require("data/full-v1-lotus1.36.2.json");
    }

    @ParameterizedTest
    @CsvSource({"lotus-legacy, V1_27", "lotus-mk12, V1_36", "lotus-mk20, V1_36"})
    void every_request_and_every_answer_keeps_to_the_published_documents(String mode, LotusAge age) {
        judge(
                age,
                mode,
                ColdWorld.in(folder).network(ColdWorld.networkFor(mode)).mode(mode));
    }

    @Test
    void a_forks_traffic_keeps_to_the_method_list_of_the_version_it_forked() {
        judge(
                LotusAge.V1_5,
                "filecash",
                ColdWorld.in(folder)
                        .network(SimulatedNetwork.builder().filecash())
                        .setting("rpcPath", "/rpc/v0")
                        .setting("startBuffer", "49h")
                        .setting("longestDeal", "540d")
                        .setting("network", "SIMULATED-filecash"));
    }

    private void judge(LotusAge age, String mode, ColdWorld.Builder builder) {
        try (ColdWorld world = builder.recorded().start()) {
            String pin = world.add(Dag.file(41, 100, 8_000));
            world.advanceUntil(
                    "two deals are active, and the pin tells so",
                    20,
                    () -> world.broker.client().info(pin, "pinfold_cold").equals("2 of 2 deals active"));
            List<Exchange> all = world.traffic();
            Set<String> methods = RequestShapes.check(age, all);
            int answers = AnswerShapes.check(age, all);
            assertThat(answers).isGreaterThan(methods.size());
            if (mode.equals("lotus-mk20")) {
                Mk20Shapes.check(all);
            }
            System.out.printf(
                    "%s: %d requests recorded; of the node's, %d methods and %d results keep to the documents: %s%n",
                    mode, all.size(), methods.size(), answers, methods);
        }
    }
}
