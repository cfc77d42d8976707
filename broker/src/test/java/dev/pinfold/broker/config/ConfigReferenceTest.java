package dev.pinfold.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import dev.pinfold.spi.ProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that describe the configuration say what the code does. */
class ConfigReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("pinfold.root", ".."));
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PINFOLD_DATABASE_URL", "postgresql://u:p@db.example/pinfold", "PINFOLD_EXAMPLE_TOKEN", "t");
    private static final List<ProviderFactory> FACTORIES = ServiceLoader.load(ProviderFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory ->
                    List.of("filecoin", "filecoin-simulator", "local", "psa").contains(factory.type()))
            .sorted(Comparator.comparing(ProviderFactory::type))
            .toList();
    private final ConfigReference reference = new ConfigReference(FACTORIES);

    @BeforeEach
    void the_adapters_are_on_the_class_path() {
        assumeTrue(
                FACTORIES.size() == 4,
                "the adapters filecoin, filecoin-simulator, local and psa are not all on the class path");
    }

    @Test
    void the_reference_page_is_up_to_date() throws IOException {
        assertUpToDate("docs/configuration.md", reference.markdown());
    }

    @Test
    void the_example_names_every_setting_with_its_default() throws IOException {
        assertUpToDate("config/broker.example.yaml", reference.example());
    }

    @Test
    void the_schema_is_up_to_date() throws IOException {
        assertUpToDate("config/schema/broker.schema.json", reference.schema());
    }

    private static void assertUpToDate(String name, String expected) throws IOException {
        Path file = ROOT.resolve(name);
        if (Boolean.getBoolean("pinfold.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected);
        }
        assertThat(file).exists();
        assertThat(Files.readString(file))
                .as(name + " is stale; renew it: mvn -pl broker -am test -Dtest=ConfigReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dpinfold.write=true")
                .isEqualTo(expected);
    }

    @Test
    void the_example_is_accepted_and_holds_the_defaults() {
        BrokerConfig example = load("config/broker.example.yaml");
        assertThat(example.reconcile().leaseDuration()).isEqualTo(ConfigKeys.LEASE_DURATION.defaultValue());
        assertThat(example.limits().maxUploadBytes()).isEqualTo(ConfigKeys.MAX_UPLOAD_BYTES.defaultValue());
        assertThat(example.providers()).hasSameSizeAs(FACTORIES);
    }

    @Test
    void the_quickstart_is_three_local_stores_in_three_regions_of_three_companies_and_a_simulated_network() {
        BrokerConfig quickstart = load("config/quickstart.yaml");
        var hot = quickstart.providers().stream()
                .filter(provider -> provider.tier() == BrokerConfig.Tier.HOT)
                .toList();
        assertThat(hot).extracting(p -> p.type()).containsOnly("local");
        assertThat(hot)
                .extracting(p -> p.labels().get("region"))
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(hot).extracting(p -> p.labels().get("org")).doesNotHaveDuplicates();
        assertThat(quickstart.providers())
                .filteredOn(provider -> provider.tier() == BrokerConfig.Tier.COLD)
                .singleElement()
                .satisfies(provider -> {
                    assertThat(provider.type()).isEqualTo("filecoin-simulator");
                    assertThat(provider.labels()).containsEntry("org", "SIMULATED");
                });
        assertThat(quickstart.fetch().gateways()).isEmpty();
        assertThat(quickstart.listen().host()).isEqualTo("127.0.0.1");
        assertThat(quickstart.policy().file()).exists();
    }

    private static BrokerConfig load(String name) {
        return new ConfigLoader(ENVIRONMENT, FACTORIES).load(ROOT.resolve(name), Overrides.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config/broker.example.yaml", "config/quickstart.yaml"})
    void the_schema_accepts_the_files_of_the_repository(String name) throws IOException {
        assertThat(schema().validate(Files.readString(ROOT.resolve(name)), InputFormat.YAML))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lissten: {port: 1}",
                "listen: {prot: 1}",
                "listen: {port: 99999}",
                "listen: [8090]",
                "reconcile: {pollInterval: 5}",
                "reconcile: {pollInterval: 5 seconds}",
                "storage: {reserve: 1GB}",
                "psa: {defaultStatus: some}",
                "psa: {delegates: [/ip4/1.2.3.4/tcp/4001]}",
                "cors: {origins: [app.example]}",
                "fetch: {gateways: [ftp://x]}",
                "database: {url: {password: x}}",
                "providers: [{id: Upper, type: local}]",
                "providers: []"
            })
    void the_schema_refuses_what_the_loader_refuses(String line) throws IOException {
        String quickstart = Files.readString(ROOT.resolve("config/quickstart.yaml"));
        String key = line.substring(0, line.indexOf(':'));
        String text = key.equals("providers")
                ? quickstart.substring(0, quickstart.indexOf("providers:")) + line
                : quickstart.replaceAll("(?m)^" + key + ":\\n(  .*\\n)+", "") + "\n" + line + "\n";
        assertThat(schema().validate(text, InputFormat.YAML)).isNotEmpty();
        List<Problem> problems = new ArrayList<>();
        assertThat(YamlFile.parse("x.yaml", text, problems)).isNotNull();
        assertThat(problems).isEmpty();
    }

    private static Schema schema() throws IOException {
        String text = Files.readString(ROOT.resolve("config/schema/broker.schema.json"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text, InputFormat.JSON);
    }
}
