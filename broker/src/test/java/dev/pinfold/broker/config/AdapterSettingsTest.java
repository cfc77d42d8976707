package dev.pinfold.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.broker.config.BrokerConfig.ProviderEntry;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters and the configuration agree on how settings are written. */
class AdapterSettingsTest {
    @TempDir
    Path folder;

    static Stream<ProviderFactory> factories() {
        return ServiceLoader.load(ProviderFactory.class).stream().map(ServiceLoader.Provider::get);
    }

    @ParameterizedTest
    @MethodSource("factories")
    void every_default_of_every_adapter_is_readable_as_its_kind(ProviderFactory factory) throws IOException {
        StringBuilder settings = new StringBuilder();
        for (Setting setting : factory.settings()) {
            if (setting.defaultText() != null) {
                settings.append("      ").append(setting.name()).append(": ");
                settings.append(setting.defaultText()).append('\n');
            }
        }
        List<String> complaints = complaints(factory, settings.toString());
        assertThat(complaints).allSatisfy(text -> assertThat(text).contains(" is missing; the adapter"));
    }

    private List<String> complaints(ProviderFactory factory, String settings) throws IOException {
        String given = settings.isEmpty() ? "" : "    settings:\n" + settings;
        try {
            load(List.of(factory), "  - id: x\n    type: " + factory.type() + "\n" + given);
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::message).toList();
        }
    }

    @Test
    void a_pinning_service_needs_nothing_but_endpoint_and_token() throws Exception {
        ProviderFactory psa =
                factories().filter(f -> f.type().equals("psa")).findFirst().orElseThrow();
        ProviderEntry entry = load(List.of(psa), """
                  - id: company
                    type: psa
                    settings: {endpoint: "https://pins.example/psa", token: {env: TOKEN}}
                """);
        assertThat(entry.adapter().settings())
                .containsEntry("connectTimeout", "PT5S")
                .containsEntry("stallTimeout", "PT30S")
                .containsEntry("maxAnswerBytes", "16777216");
        Provider provider = psa.open(entry.adapter());
        assertThat(provider.capabilities()).isNotEmpty();
        provider.close();
    }

    @Test
    void a_default_that_cannot_be_read_is_an_error_of_the_adapter() {
        assertThatThrownBy(() -> load(List.of(new Wrong()), "  - id: x\n    type: wrong\n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("error in the adapter 'wrong': the default 'PT5S' of its setting 'pause' is not a duration"
                        + " such as 500ms, 10s, 5m, 24h or 30d; correct its Setting.defaultText");
    }

    private ProviderEntry load(List<ProviderFactory> known, String providers) throws IOException {
        Path file = folder.resolve("broker.yaml");
        Files.writeString(folder.resolve("policy.yaml"), "");
        Files.writeString(file, "policy: {file: policy.yaml}\nproviders:\n" + providers);
        return new ConfigLoader(Map.of("TOKEN", "t"), known)
                .load(file, Overrides.NONE)
                .providers()
                .getFirst();
    }

    private static final class Wrong implements ProviderFactory {
        @Override
        public String type() {
            return "wrong";
        }

        @Override
        public List<Setting> settings() {
            return List.of(new Setting("pause", Setting.Kind.DURATION, false, "PT5S", "how long it rests"));
        }

        @Override
        public Provider open(ProviderConfig config) {
            throw new UnsupportedOperationException("never opened");
        }
    }
}
