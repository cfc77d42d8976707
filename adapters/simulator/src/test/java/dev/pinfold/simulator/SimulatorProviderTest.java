package dev.pinfold.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.deal.DealMode;
import dev.pinfold.spi.deal.NodeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated network is found and used as any other provider, and says what it is. */
class SimulatorProviderTest {
    @TempDir
    Path data;

    private static ProviderFactory factory() {
        return ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals("filecoin-simulator"))
                .findFirst()
                .orElseThrow();
    }

    private Provider open(String epoch, String countries) {
        return factory()
                .open(new ProviderConfig(
                        "filecoin", Map.of("path", "chain", "epoch", epoch, "countries", countries), data));
    }

    @Test
    void it_makes_deals_and_says_that_it_is_simulated() {
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        try (Provider provider = open("PT1H", "DE US")) {
            assertThat(provider.capabilities()).containsExactly(Capability.DEAL);
            provider.probe(deadline);
            NodeReport report = provider.deals().check(deadline);
            assertThat(report.network()).contains("SIMULATED");
            assertThat(report.version()).contains("SIMULATED");
            assertThat(report.coin()).isEqualTo("simFIL");
            assertThat(report.modes()).contains(DealMode.MK12);
            assertThat(provider.deals().storageProviders()).hasSize(2);
            var info = provider.deals()
                    .storageProvider(provider.deals().storageProviders().getFirst(), deadline);
            assertThat(info.country()).isEqualTo("DE");
            assertThat(info.http()).isNotEmpty();
        }
        assertThat(Files.exists(data.resolve("chain/network.json"))).isTrue();
    }

    @Test
    void wrong_settings_are_named() {
        assertThatThrownBy(() -> open("PT2H", "DE")).hasMessageContaining("'epoch'");
        assertThatThrownBy(() -> open("PT1S", "Germany")).hasMessageContaining("'countries'");
    }
}
