package dev.pinfold.broker.gateway;

import dev.pinfold.broker.config.BrokerConfig;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every case of the public conformance suite, and own ones, that lies beside the checkout, against a whole gateway. */
class GatewayCasesTest {
    private static final MemoryRetrieval BLOCKS = new MemoryRetrieval();
    private static TestGateway gateway = TestGateway.over(BLOCKS);
    private static TestGateway trustlessOnly = TestGateway.over(BLOCKS, trustlessOnly());

    private static BrokerConfig.Gateway trustlessOnly() {
        BrokerConfig.Gateway usual = TestGateway.settings(null);
        return new BrokerConfig.Gateway(
                usual.access(),
                true,
                null,
                usual.maxReads(),
                usual.maxDepth(),
                usual.maxEntries(),
                usual.maxBytes(),
                usual.maxTime());
    }

    @BeforeAll
    static void load() {
        Stream.of("fixtures/conformance", "fixtures/valid")
                .flatMap(folder -> Shared.cars(folder).stream())
                .forEach(BLOCKS::load);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        trustlessOnly.close();
    }

    @TestFactory
    Stream<DynamicTest> every_case_is_answered_as_expected() {
        return GatewayCase.tests(GatewayCase.all(), each -> (each.trustlessOnly() ? trustlessOnly : gateway)::send);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
