package dev.pinfold.filecoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilecoinSettingsTest {
    private static ProviderConfig config(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of("endpoint", "http://127.0.0.1:1", "token", "very-secret"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new ProviderConfig("lotus-1", settings, Path.of("data"));
    }

    @Test
    void the_adapter_is_found_by_its_type_and_makes_deals_and_nothing_else() {
        ProviderFactory factory = ServiceLoader.load(ProviderFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals("filecoin"))
                .findFirst()
                .orElseThrow();
        try (Provider provider = factory.open(config())) {
            assertThat(provider.capabilities()).containsExactly(Capability.DEAL);
            assertThat(provider.deals()).isNotNull();
            assertThat(provider.toString()).doesNotContain("very-secret");
            assertThatThrownBy(() -> provider.list(null, ScriptedNode.soon())).hasMessageContaining("LIST");
        }
    }

    @Test
    void defaults_are_those_of_the_main_network() {
        FilecoinSettings settings = FilecoinSettings.read(config());
        assertThat(settings.confirmations()).isEqualTo(900);
        assertThat(settings.shortestDeal()).isEqualTo(518_400);
        assertThat(settings.longestDeal()).isEqualTo(1_494_720);
        assertThat(settings.startBuffer()).isEqualTo(8_640);
        assertThat(settings.coin()).isEqualTo("FIL");
        assertThat(settings.topUpEscrow()).isFalse();
        assertThat(settings.toString()).doesNotContain("very-secret");
    }

    @Test
    void candidates_may_name_the_url_of_their_market() {
        FilecoinSettings settings = FilecoinSettings.read(
                config("storageProviders", "f01000 f01001=https://sp.example/", "countries", "f01000=DE"));
        assertThat(settings.providers().keySet()).containsExactly("f01000", "f01001");
        assertThat(settings.providers().get("f01001")).isEqualTo(URI.create("https://sp.example"));
        assertThat(settings.countries()).containsEntry("f01000", "DE");
    }

    @ParameterizedTest
    @CsvSource({
        "mode, fast", "rpcPath, /rpc/v2", "coin, F1L", "storageProviders, f1abc", "storageProviders, f01=ftp://x",
        "countries, f01000=Germany", "confirmations, 2881", "startBuffer, PT1M", "maxFee, 1e9", "wallet, f01234",
        "endpoint, ftp://node", "token, a b", "privateProviders, maybe", "longestDeal, P1D"
    })
    void a_wrong_setting_is_named_with_what_is_right(String name, String value) {
        assertThatThrownBy(() -> FilecoinSettings.read(config(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(setting '" + name + "'|wallet).*");
    }
}
