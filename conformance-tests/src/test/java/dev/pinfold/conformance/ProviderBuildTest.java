package dev.pinfold.conformance;

import dev.pinfold.conformance.junit.ConformanceSuite;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.session.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The example of docs/conformance.md, as a provider's own build would run it against its service. */
final class ProviderBuildTest {
    private static final ReferencePsa SERVICE = ReferencePsa.correct();

    private final URI endpoint = SERVICE.uri();
    private final String token = ReferencePsa.TOKEN;

    // The method below stands in the documentation, word for word.
    @TestFactory
    Stream<DynamicNode> conformance() {
        return ConformanceSuite.of(Settings.forEndpoint(endpoint, token)
                .edit()
                .population(30)
                .stateDir(Path.of("target", "conformance"))
                .build());
    }

    @AfterAll
    static void stop() {
        SERVICE.close();
    }
}
