package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.flow.BrokerUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The same cases as {@link GatewayCasesTest} through a whole broker, which got every CAR as an upload. */
class BrokerCasesTest {
    @TempDir
    static Path usualFolder;

    @TempDir
    static Path trustlessFolder;

    private static @org.jspecify.annotations.Nullable BrokerUnderTest usual;
    private static @org.jspecify.annotations.Nullable BrokerUnderTest trustlessOnly;

    @BeforeAll
    static void load() throws IOException {
        GatewayCase.all();
        usual = BrokerUnderTest.in(usualFolder).local("one").start();
        trustlessOnly = BrokerUnderTest.in(trustlessFolder)
                .set("gateway.trustlessOnly", "true")
                .local("one")
                .start();
        for (String folder : new String[] {"fixtures/conformance", "fixtures/valid"}) {
            for (Path car : Shared.cars(folder)) {
                byte[] bytes = MemoryRetrieval.stream(car).readAllBytes();
                boolean partial = car.endsWith("file-3k-and-3-blocks-missing-block.car");
                if (partial) {
                    assertThat(usual.client().upload(bytes, "").status()).isEqualTo(422);
                }
                JsonNode answer = usual.client().uploadUnpinned(bytes).json();
                if (partial) {
                    assertThat(answer.get("incomplete").get(0).get("missing").size())
                            .isEqualTo(1);
                }
                trustlessOnly.client().uploadUnpinned(bytes);
            }
        }
    }

    @AfterAll
    static void stop() {
        if (usual != null) {
            usual.close();
        }
        if (trustlessOnly != null) {
            trustlessOnly.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> every_case_is_answered_as_expected() {
        return GatewayCase.tests(GatewayCase.all(), each -> {
            BrokerUnderTest broker = java.util.Objects.requireNonNull(each.trustlessOnly() ? trustlessOnly : usual);
            return (method, path, headers) -> TestGateway.send(broker.endpoint(), method, path, headers);
        });
    }
}
