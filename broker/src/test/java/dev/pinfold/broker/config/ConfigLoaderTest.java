package dev.pinfold.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.broker.config.BrokerConfig.DefaultStatus;
import dev.pinfold.broker.config.ConfigLoader.Overrides;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
    private static final String MINIMAL = """
            policy: {file: policy.yaml}
            providers:
              - id: one
                type: shelf
                settings: {endpoint: https://one.example}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void a_policy_stands_beside_the_configuration() throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), "kind: PolicySet\n");
        Files.writeString(folder.resolve("token.txt"), "s3cret-from-file\n");
        Files.writeString(folder.resolve("empty.txt"), "\n");
    }

    @Test
    void what_is_not_given_has_its_default() {
        BrokerConfig config = load(MINIMAL);
        assertThat(config.listen()).isEqualTo(new BrokerConfig.Listen("127.0.0.1", 8090));
        assertThat(config.management()).isEqualTo(new BrokerConfig.Listen("127.0.0.1", 8091));
        assertThat(config.dataDirectory()).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(config.database()).isEqualTo(new BrokerConfig.Database(null, 12, 6));
        assertThat(config.storage()).isEqualTo(new BrokerConfig.Storage(256L << 20, 64L << 30, 2L << 30));
        assertThat(config.psa().defaultStatus()).isEqualTo(DefaultStatus.AUTO);
        assertThat(config.cors().origins()).containsExactly("*");
        assertThat(config.fetch().gateways()).isEmpty();
        assertThat(config.reconcile().leaseDuration()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.policy().file()).isEqualTo(folder.resolve("policy.yaml"));
    }

    @Test
    void a_company_needs_no_more_than_its_endpoint_and_token() throws IOException {
        Path file = Files.writeString(folder.resolve("company.yaml"), """
                policy: {file: policy.yaml}
                providers:
                  - id: company
                    type: psa
                    settings: {endpoint: https://one.example, token: {file: token.txt}}
                """);
        BrokerConfig config = ConfigLoader.standard().load(file, Overrides.NONE);
        assertThat(config.providers().getFirst().adapter().text("connectTimeout"))
                .isEqualTo("PT5S");
    }

    @Test
    void every_value_is_read_with_its_unit() {
        BrokerConfig config = load("""
                listen: {host: 0.0.0.0, port: 9000}
                management: {port: 9100}
                dataDirectory: /var/lib/pinfold
                storage: {reserve: 1GiB, stagingCapacity: 2 TiB, cacheCapacity: 0}
                psa:
                  defaultStatus: all
                  maxBodyBytes: 2097152
                  idempotencyTtl: 30d
                cors: {origins: [https://app.example, "*"]}
                fetch: {gateways: [https://a.example, http://127.0.0.1:8080], allow: [127.0.0.1, 10.0.0.0/8]}
                reconcile: {pollInterval: 250ms, auditEvery: 24h}
                policy: {file: policy.yaml}
                providers:
                  - id: one
                    type: shelf
                    labels: {region: eu-west, country: NO, tier: gold}
                    price: {storagePerGiBMonth: 0.023, currency: EUR, asOf: 2026-10-01}
                    limits: {maxDagBytes: 10GiB, maxPins: 500}
                    timeouts: {call: 10s, transfer: 2h}
                    settings:
                      endpoint: https://one.example/psa
                      pause: 1500ms
                      chunk: 2MiB
                """);
        assertThat(config.management()).isEqualTo(new BrokerConfig.Listen("0.0.0.0", 9100));
        assertThat(config.storage()).isEqualTo(new BrokerConfig.Storage(1L << 30, 2L << 40, 0));
        assertThat(config.psa().idempotencyTtl()).isEqualTo(Duration.ofDays(30));
        assertThat(config.psa().maxBodyBytes()).isEqualTo(2 << 20);
        assertThat(config.fetch().gateways())
                .containsExactly(URI.create("https://a.example"), URI.create("http://127.0.0.1:8080"));
        BrokerConfig.ProviderEntry provider = config.providers().get(0);
        assertThat(provider.labels()).containsEntry("country", "NO");
        assertThat(provider.price().storagePerGiBMonth()).isEqualTo(new BigDecimal("0.023"));
        assertThat(provider.price().asOf()).isEqualTo(LocalDate.of(2026, 10, 1));
        assertThat(provider.limits()).isEqualTo(new BrokerConfig.ProviderLimits(10L << 30, 500));
        assertThat(provider.adapter().settings())
                .containsEntry("pause", "PT1.5S")
                .containsEntry("chunk", "2097152")
                .containsEntry("retries", "3")
                .containsEntry("strict", "true")
                .doesNotContainKey("folder");
        assertThat(provider.adapter().dataDirectory()).isEqualTo(Path.of("/var/lib/pinfold"));
    }

    @Test
    void the_command_line_wins_over_the_file() {
        Overrides overrides = new Overrides(Path.of("/srv/p"), 7000, List.of(URI.create("http://127.0.0.1:8080")));
        BrokerConfig config = load("listen: {port: 9000}\ndataDirectory: /elsewhere\n" + MINIMAL, overrides);
        assertThat(config.listen().port()).isEqualTo(7000);
        assertThat(config.management().port()).isEqualTo(7001);
        assertThat(config.dataDirectory()).isEqualTo(Path.of("/srv/p"));
        assertThat(config.fetch().gateways()).containsExactly(URI.create("http://127.0.0.1:8080"));
        assertThat(config.fetch().allow()).containsExactly("127.0.0.1");
    }

    @Test
    void port_zero_takes_any_free_port_for_both_listeners() {
        BrokerConfig config = load(MINIMAL, new Overrides(null, 0, List.of()));
        assertThat(config.listen().port()).isZero();
        assertThat(config.management().port()).isZero();
    }

    @Test
    void secrets_come_from_the_environment_or_a_file_and_are_never_shown() {
        BrokerConfig config = load("database: {url: {env: DB_URL}}\n"
                + MINIMAL.replace(
                        "{endpoint: https://one.example}",
                        "{endpoint: https://one.example, token: {file: token.txt}}"));
        Secret url = config.database().url();
        assertThat(url).isNotNull();
        assertThat(String.valueOf(url == null ? null : url.value())).contains("hunter2");
        assertThat(config.providers().get(0).adapter().text("token")).isEqualTo("s3cret-from-file");
        assertThat(config.toString()).doesNotContain("hunter2").doesNotContain("s3cret");
    }

    @Test
    void every_problem_is_reported_at_once_in_the_order_of_the_file() {
        ConfigException e = failure("""
                lissten: {port: 1}
                listen: {port: x}
                storage: {reserve: 1GB}
                providers:
                  - id: one
                    type: shelf
                    settings: {token: abc}
                """);
        assertThat(e.problems()).extracting(Problem::line).containsExactly(1, 1, 2, 3, 7, 7);
        assertThat(e.getMessage()).contains("broker.yaml:2:16: ").contains("'policy.file' is missing");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                top("lissten: {port: 1}", "1:1: there is no setting 'lissten' here; did you mean 'listen'?"),
                top("listen: {prot: 1}", "1:10: there is no setting 'prot' in 'listen'; did you mean 'port'?"),
                top("port: 8090", "1:1: there is no setting 'port' here; did you mean 'listen.port'?"),
                top("zebra: 1", "1:1: there is no setting 'zebra' here; known are listen, management"),
                top("data_directory: x", "did you mean 'dataDirectory'?"),
                top("reconcile: {poll-interval: 1s}", "did you mean 'pollInterval'?"),
                top("listen: 8090", "1:9: 'listen' must be a group of keys, this is '8090'"),
                top("listen: [8090]", "1:9: 'listen' must be a group of keys, this is a list"),
                top("listen: {port: }", "'listen.port' needs a whole number, this is nothing"),
                top("listen: {port: null}", "this is nothing"),
                top("listen: {port: 8o90}", "1:16: 'listen.port': '8o90' is not a whole number"),
                top("listen: {port: 65536}", "'65536' is not within 0 to 65535"),
                top("listen: {port: -1}", "is not within 0 to 65535"),
                top("listen: {port: 1e3}", "is not a whole number"),
                top("listen: {port: [1, 2]}", "needs a whole number, this is a list"),
                top("listen: {port: 65535}", "'management.port'"),
                top(
                        "listen: {port: 9000}\nmanagement: {port: 9000}",
                        "2:20: 'management.port' is the same as listen.port"),
                top("listen: {host: a b}", "is not a host name or an IP address"),
                top("listen: {port: 1, port: 2}", "1:19: 'port' stands here a second time"),
                top("storage: {reserve: 1GB}", "(units are KiB, MiB, GiB, TiB and PiB)"),
                top("storage: {reserve: 1KiB}", "is not within 16MiB to 1TiB"),
                top("storage: {reserve: lots}", "is not a size such as"),
                top("storage: {reserve: -5MiB}", "is not a size such as"),
                top("storage: {stagingCapacity: 999999999999999999PiB}", "is too large"),
                top("psa: {defaultStatus: pined}", "is not one of auto, pinned, all; did you mean 'pinned'?"),
                top("psa: {delegates: /ip4/1.2.3.4}", "must be a list, this is '/ip4/1.2.3.4'; write [item, item]"),
                top("psa: {delegates: [/ip4/1.2.3.4/tcp/1]}", "is not a multiaddr that ends in /p2p/PEERID"),
                top("psa: {idempotencyTtl: 10}", "is not a duration such as 500ms, 10s, 5m, 24h or 30d"),
                top("psa: {idempotencyTtl: 10 s}", "is not a duration"),
                top("psa: {idempotencyTtl: 1s}", "is not within 1m to 30d"),
                top("cors: {origins: [app.example]}", "is not '*' or a web origin such as"),
                top("cors: {origins: ['*', '*']}", "stands in the list twice"),
                top("fetch: {gateways: [ftp://x.example]}", "is not an http or https URL"),
                top("fetch: {gateways: ['https://u:p@x.example']}", "holds credentials"),
                top("fetch: {gateways: ['https://x.example?y']}", "must not have a query"),
                top("fetch: {allow: ['10.0.0.0/99']}", "is not a host name, an IP address or a network"),
                top("reconcile: {retryMin: 1h, retryMax: 1s}", "'reconcile.retryMax' is shorter than retryMin"),
                top("database: {url: 'mysql://x'}", "is not a postgresql://user@host:port/name URL"),
                top("database: {url: 'postgres://me:pw@db/x'}", "holds a password; write {env: NAME}"),
                top(
                        "database: {url: {env: NOT_SET}}",
                        "1:23: 'database.url': the environment variable NOT_SET is not set"),
                top("database: {url: {env: BLANK}}", "BLANK is empty; give it a value"),
                top("database: {url: {file: gone.txt}}", "gone.txt does not exist"),
                top("database: {url: {file: empty.txt}}", "empty.txt is empty"),
                top(
                        "database: {url: {vault: x}}",
                        "'vault' is no source of a secret; write {env: NAME} or {file: PATH}"),
                top("database: {url: {env: A, file: B}}", "must name one source"),
                top("listen: &a {port: 1}", "anchors ('&a') are not supported"),
                top("listen: {port: !!int 1}", "tags ('tag:yaml.org,2002:int') are not supported"),
                top("listen:\n\tport: 1", "2:1: this is not valid YAML: found character '\\t(TAB)'"),
                top("listen: {port: 1", "this is not valid YAML"),
                top("listen: 'a", "this is not valid YAML"),
                top("? [a]\n: 1", "a key must be a word, this is a list"),
                whole("- a\n- b\n", "1:1: the file must be a group of keys, this is a list"),
                whole("", "'policy.file' is missing"),
                whole("hello", "the file must be a group of keys, this is 'hello'"),
                whole("policy: {file: policy.yaml}\n", "'providers' is missing"),
                whole("policy: {file: policy.yaml}\nproviders: []\n", "must be a list with at least one provider"),
                whole("policy: {file: policy.yaml}\nproviders: {a: b}\n", "must be a list with at least one"),
                whole(
                        "policy: {file: policy.yaml}\nproviders: [a]\n",
                        "a provider must be a group of keys, this is 'a'"),
                whole(MINIMAL.replace("policy.yaml", "nowhere.yaml"), "there is no file"),
                whole(MINIMAL + "---\nx: 1\n", "a second YAML document begins here"),
                provider("id: One", "is not a name of lower-case letters, digits and '-'"),
                provider("typ: shelf", "there is no setting 'typ' here; did you mean 'type'?"),
                provider("type: shelv", "there is no adapter 'shelv'; did you mean 'shelf'?"),
                provider("type: pinata", "known are shelf"),
                provider("price: {storagePerGiBMonth: cheap}", "is not an amount such as 0.023, not negative"),
                provider("price: {storagePerGiBMonth: -1}", "not negative"),
                provider("price: {currency: dollars}", "is not a currency of 3 capitals"),
                provider("price: {asOf: 2026-13-01}", "is not a date such as 2026-11-20"),
                provider("labels: {region: [a]}", "'labels.region' needs a label"),
                provider("labels: {'bad name': a}", "is not a name of letters, digits"),
                provider("labels: eu", "'labels' must be a group of names and values, this is 'eu'"),
                provider(
                        "settings: {}",
                        "'settings.endpoint' is missing; the adapter 'shelf' needs it: where it answers"),
                provider("settings: {endpont: https://x}", "has no setting 'endpont'; did you mean 'endpoint'?"),
                provider("settings: {endpoint: x}", "'settings.endpoint': 'x' is not an http or https URL"),
                provider(
                        "settings: {endpoint: 'https://x', token: abc}",
                        "is a secret and does not belong into this file"),
                provider("settings: {endpoint: 'https://x', pause: 3}", "'settings.pause': '3' is not a duration"),
                provider("settings: {endpoint: 'https://x', retries: many}", "is not a whole number"),
                provider("settings: {endpoint: 'https://x', strict: yes}", "'yes' is neither true nor false"),
                provider("settings: 5", "'settings' must be a group of keys, this is '5'"));
    }

    private static Arguments top(String lines, String message) {
        return Arguments.of(lines + "\n" + MINIMAL, message);
    }

    private static Arguments whole(String text, String message) {
        return Arguments.of(text, message);
    }

    private static Arguments provider(String line, String message) {
        String key = line.substring(0, line.indexOf(':'));
        StringBuilder text = new StringBuilder("policy: {file: policy.yaml}\nproviders:\n  - " + line + "\n");
        Map<String, String> others =
                Map.of("id", "id: one", "type", "type: shelf", "settings", "settings: {endpoint: https://one.example}");
        others.forEach((name, given) -> text.append(name.equals(key) ? "" : "    " + given + "\n"));
        return Arguments.of(text.toString(), message);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_wrong_file_is_refused_with_the_place_and_what_to_do(String text, String message) {
        ConfigException e = failure(text);
        assertThat(e.getMessage()).contains(message);
        assertThat(e.problems()).allSatisfy(p -> {
            assertThat(p.line()).isPositive();
            assertThat(p.column()).isPositive();
            assertThat(p.message()).hasSizeLessThan(1000);
        });
    }

    @Test
    void two_providers_cannot_have_one_name() {
        String second = "  - id: one\n    type: shelf\n    settings: {endpoint: https://two.example}\n";
        assertThat(failure(MINIMAL + second).getMessage())
                .contains("6:9: a provider 'one' already stands in line 3; every id is used once");
    }

    @Test
    @Timeout(10)
    void hostile_files_end_early() {
        String bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nlisten: *c\n";
        assertThat(failure(bomb).getMessage()).contains("'*b' refers to an anchor; write the value out here");
        assertThat(failure("a: ".repeat(1) + "[".repeat(5000)).getMessage()).contains("nested more than 24 deep");
        assertThat(failure("a: [" + "x,".repeat(60_000) + "]").getMessage()).contains("more than 50000 values");
        assertThat(failure("a: " + "x".repeat(70_000)).getMessage()).contains("longer than 64 KiB");
        assertThat(failure("#".repeat(2 << 20)).getMessage()).contains("larger than 1 MiB");
        assertThat(failure("k: {" + "u: 1, ".repeat(3000) + "}").getMessage()).contains("more problems");
        assertThat(failure("a\0b: 1").getMessage()).contains("not readable YAML");
    }

    @Test
    void files_that_are_no_text_files_are_named() throws IOException {
        Path binary = Files.write(folder.resolve("x.bin"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> loader().load(binary, Overrides.NONE)).hasMessageContaining("is not UTF-8 text");
        assertThatThrownBy(() -> loader().load(folder, Overrides.NONE)).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> loader().load(folder.resolve("gone"), Overrides.NONE))
                .hasMessageContaining("there is no such file; check the path");
    }

    private ConfigException failure(String text) {
        return catchThrowableOfType(ConfigException.class, () -> load(text));
    }

    private BrokerConfig load(String text) {
        return load(text, Overrides.NONE);
    }

    private BrokerConfig load(String text, Overrides overrides) {
        try {
            Path file = Files.write(folder.resolve("broker.yaml"), text.getBytes(StandardCharsets.UTF_8));
            return loader().load(file, overrides);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ConfigLoader loader() {
        return new ConfigLoader(
                Map.of("DB_URL", "postgres://me:hunter2@db/x", "BLANK", " "), List.of(new ShelfFactory()));
    }
}
