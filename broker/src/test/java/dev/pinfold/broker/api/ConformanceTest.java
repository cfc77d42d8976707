package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.api.ApiBroker.Account;
import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.RunListener;
import dev.pinfold.conformance.content.SampleDag;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import dev.pinfold.conformance.session.Settings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker before the judge that it offers to providers: every MUST and SHOULD of all levels of the pinning API, and of
 * the gateway with the judge's own sample.
 */
class ConformanceTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");

    @TempDir
    static Path folder;

    @Test
    void the_broker_passes_every_must_and_should_of_the_pinning_api() {
        try (ApiBroker broker = ApiBroker.start(folder, "limits: {requestsPerSecond: 100000, burst: 100000}\n")) {
            Account first = broker.tenant();
            Account second = broker.tenant();
            Settings settings = Settings.forEndpoint(broker.endpoint(), first.token())
                    .edit()
                    .secondToken(Optional.of(second.token()))
                    .profiles(Set.of(Profile.PSA))
                    .population(THOROUGH ? 1200 : 120)
                    .concurrency(16)
                    .racers(THOROUGH ? 50 : 20)
                    .waitPinned(Duration.ofSeconds(20))
                    .poll(Duration.ofMillis(100))
                    .stateDir(folder.resolve("conformance"))
                    .build();
            Report report = Conformance.run(settings, new Quiet());
            report.results().forEach(ConformanceTest::print);
            assertThat(report.reason()).isEmpty();
            assertThat(report.finished()).isTrue();
            assertThat(worse(report)).isEmpty();
            assertThat(report.leftovers()).isZero();
            assertThat(broker.number("SELECT count(*) FROM pin")).isZero();
        }
    }

    @Test
    void the_broker_passes_every_must_and_should_of_the_gateway() throws Exception {
        Path own = Files.createDirectories(folder.resolve("gateway"));
        try (ApiBroker broker = ApiBroker.start(own, "limits: {requestsPerSecond: 100000, burst: 100000}\n")) {
            upload(broker, SampleDag.create().car());
            Settings settings = Settings.forEndpoint(broker.endpoint(), "")
                    .edit()
                    .profiles(Set.of(Profile.GATEWAY))
                    .gateway(Optional.of(broker.endpoint()))
                    .stateDir(own.resolve("conformance"))
                    .build();
            Report report = Conformance.run(settings, new Quiet());
            report.results().forEach(ConformanceTest::print);
            assertThat(report.reason()).isEmpty();
            assertThat(worse(report)).isEmpty();
            assertThat(report.results())
                    .as("nothing is left unjudged")
                    .noneMatch(result -> result.verdict() == Verdict.SKIP);
        }
    }

    private static void upload(ApiBroker broker, byte[] car) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(broker.endpoint().resolve("/api/v1/content"))
                .header("Authorization", "Bearer " + broker.tenant().token())
                .header("Content-Type", "application/vnd.ipld.car")
                .POST(HttpRequest.BodyPublishers.ofByteArray(car))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(202);
        }
    }

    private static List<String> worse(Report report) {
        return report.results().stream()
                .filter(result -> result.check().severity() != Severity.INFO)
                .filter(result -> result.verdict() == Verdict.FAIL)
                .map(result -> result.check().id() + ": " + result.findings())
                .toList();
    }

    private static void print(CheckResult result) {
        if (result.verdict() != Verdict.PASS) {
            System.out.println(result.verdict() + " " + result.check().severity() + " "
                    + result.check().id() + " " + result.reason() + " " + result.findings());
        }
    }

    /** Nobody watches. */
    private static final class Quiet implements RunListener {}
}
