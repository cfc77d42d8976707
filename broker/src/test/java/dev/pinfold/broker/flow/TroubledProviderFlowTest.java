package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Cid;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.RateLimitStyle;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Providers that are down, full of errors or short of patience hurt nobody but themselves. */
class TroubledProviderFlowTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");

    @TempDir
    Path folder;

    @RegisterExtension
    final Companies companies = new Companies();

    @Test
    void a_provider_that_fails_is_left_alone_and_used_again_within_a_minute_of_coming_back() {
        ScriptedPsa cheap = companies.open("cheap");
        ScriptedPsa sound = companies.open("sound");
        cheap.faults().everywhere(PsaFault.status(503, "INTERNAL_SERVER_ERROR"));
        // Calls that are in flight when the breaker opens have arrived already.
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(cheap, "price: {storagePerGiBMonth: 0.01}", "concurrency: 6")
                .upstream(sound, "price: {storagePerGiBMonth: 9}")
                .start()) {
            PinClient client = broker.client();
            List<String> ids = Parallel.map(16, companies.offered(60), client::pin);
            JsonNode breakers = Eventually.see(
                    "the breaker opens",
                    PinClient.PATIENCE,
                    () -> client.provider("cheap").get("breakers"),
                    b -> b.get("pin").asText().equals("open"));
            long calls = cheap.calls().count(PsaOperation.ADD);
            assertThat(calls).as("calls before %s", breakers).isLessThanOrEqualTo(10);
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            assertThat(sound.pins()).hasSize(60);
            assertThat(cheap.calls().count(PsaOperation.ADD))
                    .as("all calls while it was down: those that opened the breaker, then single ones")
                    .isLessThanOrEqualTo(20);

            cheap.faults().clear();
            long back = System.nanoTime();
            Eventually.holds("it is used again", Duration.ofSeconds(60), () -> {
                client.pin(companies.offered().root());
                return !cheap.pins().isEmpty();
            });
            System.out.printf("measured: used again %d ms after coming back%n", (System.nanoTime() - back) / 1_000_000);
        }
    }

    @Test
    void a_provider_that_is_down_from_the_start_does_not_keep_pins_waiting() {
        ScriptedPsa dead = companies.open("dead");
        ScriptedPsa sound = companies.open("sound");
        dead.down();
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(dead, "price: {storagePerGiBMonth: 0.01}")
                .upstream(sound, "price: {storagePerGiBMonth: 9}")
                .start()) {
            PinClient client = broker.client();
            Parallel.map(8, companies.offered(20), client::pin).forEach(id -> client.awaitStatus(id, "pinned"));
            assertThat(sound.pins()).hasSize(20);
        }
    }

    /** Scaled down: 15 s of finding out instead of a minute, then 10 s instead of nine minutes. */
    @ParameterizedTest
    @MethodSource("styles")
    void once_a_limit_is_found_hardly_any_call_is_refused(RateLimitStyle style) {
        Duration finding = THOROUGH ? Duration.ofSeconds(60) : Duration.ofSeconds(15);
        Duration measuring = THOROUGH ? Duration.ofMinutes(9) : Duration.ofSeconds(10);
        ScriptedPsa strict = companies.open("strict");
        strict.limitTo(20, style);
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(strict, "rate: {requestsPerSecond: 100, burst: 100, listPerMinute: 6000}")
                .set("reconcile.auditEvery", "3s")
                .start()) {
            PinClient client = broker.client();
            List<Cid> roots = companies.offered((int) (finding.plus(measuring).toSeconds() * 10));
            Parallel.map(8, roots, client::pin);
            Eventually.alwaysFor("finding out", finding, () -> true);
            strict.calls().clear();
            Eventually.alwaysFor("being measured", measuring, () -> true);
            long refused = strict.calls().countStatus(429);
            long all = strict.calls().total();
            System.out.printf("measured: %s: %d of %d calls refused within %s%n", style, refused, all, measuring);
            assertThat(all).isGreaterThan(measuring.toSeconds() * 2);
            assertThat(refused * 100).isLessThanOrEqualTo(all);
        }
    }

    static List<RateLimitStyle> styles() {
        return THOROUGH
                ? List.of(RateLimitStyle.RETRY_AFTER, RateLimitStyle.X_RATE_LIMIT, RateLimitStyle.BARE)
                : List.of(RateLimitStyle.RETRY_AFTER);
    }

    @Test
    void a_slow_provider_does_not_slow_the_others() {
        ScriptedPsa slow = companies.open("slow");
        ScriptedPsa sound = companies.open("sound");
        slow.faults().everywhere(PsaFault.hang());
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(slow, "timeouts: {call: 30s, transfer: 60s}", "concurrency: 8")
                .upstream(sound)
                .copies(1, 2, 1)
                .start()) {
            PinClient client = broker.client();
            List<String> ids = Parallel.map(16, companies.offered(50), client::pin);
            ids.forEach(id -> client.awaitStatus(id, "pinned"));
            assertThat(sound.pins()).hasSize(50);
            assertThat(slow.calls().count(PsaOperation.ADD)).isLessThanOrEqualTo(8);
        }
    }
}
