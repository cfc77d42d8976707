package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Verdict;
import dev.pinfold.conformance.session.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway profile against a gateway that this project did not write: Helia 7.1 with verified-fetch 8.0. Its two
 * findings were looked at by hand, with the answers in front of us, and are true:
 *
 * <ul>
 *   <li>{@code gateway.file-name}: a raw block is called {@code <cid>.raw}; the specification writes {@code .bin}.
 *   <li>{@code gateway.car-version-refused}: {@code car-version=99} is answered with 200 and a CAR of version 1.
 * </ul>
 */
final class GatewayPeerTest {
    /** A directory of files of one and several blocks, from the fixtures of the public gateway suite. */
    private static final String KNOWN = "bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu";

    private static final String FIXTURE =
            "fixtures/conformance/trustless_gateway_car/subdir-with-mixed-block-files.car";

    @Test
    @Timeout(300)
    void the_reviewed_findings_about_helia_are_what_the_suite_reports(@TempDir Path state) throws Exception {
        Path shared = shared();
        Path start = shared.resolve("peers/start-helia-gw.sh");
        if (!Files.isExecutable(start)) {
            System.out.println("skipped: " + start + " is not there, so there is no foreign gateway to judge");
        }
        assumeTrue(Files.isExecutable(start), "no foreign gateway to judge");
        Matcher peer = start(start, shared.resolve(FIXTURE));
        try {
            Settings settings = Settings.forEndpoint(URI.create(peer.group(2)), "")
                    .edit()
                    .profiles(Set.of(Profile.GATEWAY))
                    .gateway(Optional.of(URI.create(peer.group(2))))
                    .gatewayCid(Optional.of(KNOWN))
                    .stateDir(state)
                    .build();
            Report report = Conformance.run(settings, RunListener.SILENT);
            assertThat(report.finished()).as(report.reason()).isTrue();
            Map<String, String> findings = report.results().stream()
                    .filter(r -> r.verdict() != Verdict.PASS)
                    .collect(Collectors.toMap(r -> r.check().id(), GatewayPeerTest::got));
            assertThat(findings)
                    .containsOnlyKeys("gateway.file-name", "gateway.car-version-refused")
                    .containsEntry("gateway.car-version-refused", "status 200");
            assertThat(findings.get("gateway.file-name")).contains(KNOWN + ".raw");
            assertThat(report.exitCode()).isZero();
        } finally {
            ProcessHandle.of(Long.parseLong(peer.group(1))).ifPresent(ProcessHandle::destroy);
        }
    }

    private static String got(CheckResult result) {
        return result.failed() ? result.findings().getFirst().got() : result.verdict() + " " + result.reason();
    }

    private static Matcher start(Path script, Path car) throws IOException, InterruptedException {
        Path out = Files.createTempFile("peer", ".txt");
        Process process = new ProcessBuilder(List.of(script.toString(), "0", "mem", car.toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assumeTrue(process.waitFor(240, TimeUnit.SECONDS) && process.exitValue() == 0, "the gateway did not start");
        Matcher line = Pattern.compile("helia-gw: pid=(\\d+) url=(\\S+)")
                .matcher(Files.readString(out, StandardCharsets.UTF_8));
        assertThat(line.find()).isTrue();
        Files.delete(out);
        return line;
    }

    private static Path shared() {
        String given = System.getenv("PINFOLD_SHARED");
        return given != null
                ? Path.of(given)
                : Path.of(System.getProperty("pinfold.root", ".."), "..", "shared")
                        .normalize();
    }
}
