package dev.pinfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.conformance.http.Limits;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.report.HtmlReport;
import dev.pinfold.conformance.report.JsonReport;
import dev.pinfold.conformance.report.MarkdownReport;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.session.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that are dead, hang, lie or attack: the run ends with a sentence, in time, and nothing secret leaves. */
@Timeout(30)
final class HostileEndpointTest {
    private static final String EMPTY_LIST = "{\"count\":0,\"results\":[]}";

    @TempDir
    private Path state;

    private Report judge(URI endpoint) {
        return Conformance.run(TestSettings.of(endpoint, state), RunListener.SILENT);
    }

    private void expectNotFinished(Report report, String sentence) {
        assertThat(report.finished()).isFalse();
        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.reason()).contains(sentence);
        assertThat(HtmlReport.write(report)).contains("did not finish");
    }

    @Test
    void a_port_where_nothing_listens_ends_with_a_sentence() throws IOException {
        URI dead;
        try (ServerSocket socket = new ServerSocket(0)) {
            dead = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        expectNotFinished(judge(dead), "no connection to 127.0.0.1");
    }

    @Test
    void an_unknown_host_ends_with_a_sentence() {
        Report report = judge(URI.create("http://no-such-host.invalid"));
        assertThat(report.exitCode()).isEqualTo(3);
        assertThat(report.reason()).contains("no-such-host.invalid");
    }

    @Test
    void an_endpoint_that_accepts_and_says_nothing_ends_with_a_sentence() throws IOException {
        try (HostileEndpoint silent = new HostileEndpoint((request, out) -> waitForEver())) {
            expectNotFinished(judge(silent.uri()), "no complete answer within");
        }
    }

    @Test
    void an_endpoint_that_hangs_on_everything_but_lists_ends_within_the_time() throws IOException {
        try (HostileEndpoint half = new HostileEndpoint((request, out) -> {
            if (request.startsWith("GET /pins?")) {
                HostileEndpoint.json(out, request.contains("Bearer a-token-of-nobody") ? 200 : 401, "", EMPTY_LIST);
            } else {
                waitForEver();
            }
        })) {
            expectNotFinished(judge(half.uri()), "without an answer");
        }
    }

    @Test
    void a_body_that_trickles_byte_by_byte_counts_as_no_answer() throws IOException {
        try (HostileEndpoint slow = new HostileEndpoint((request, out) -> {
            HostileEndpoint.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{");
            out.flush();
            waitForEver();
        })) {
            expectNotFinished(judge(slow.uri()), "no complete answer within");
        }
    }

    @Test
    void an_endless_body_is_cut_off() throws IOException {
        byte[] chunk = ("10000\r\n" + " ".repeat(65536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        AtomicLong taken = new AtomicLong();
        try (HostileEndpoint endless = new HostileEndpoint((request, out) -> {
            HostileEndpoint.text(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                out.write(chunk);
                taken.addAndGet(chunk.length);
            }
        })) {
            Settings patient = TestSettings.of(endless.uri(), state)
                    .edit()
                    .limits(Limits.DEFAULT.withTimeout(Duration.ofSeconds(10)))
                    .build();
            expectNotFinished(Conformance.run(patient, RunListener.SILENT), "the body is longer than");
            // The limit of 16 MiB, and what the sockets hold.
            assertThat(taken.get()).isLessThan(48L << 20);
        }
    }

    @Test
    void a_hundred_megabytes_of_headers_are_not_read() throws IOException {
        String line = "X-Filler: " + "y".repeat(8000) + "\r\n";
        AtomicLong taken = new AtomicLong();
        try (HostileEndpoint wide = new HostileEndpoint((request, out) -> {
            HostileEndpoint.text(out, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 13_000; i++) {
                HostileEndpoint.text(out, line);
                taken.addAndGet(line.length());
            }
            HostileEndpoint.text(out, "Content-Length: 0\r\n\r\n");
        })) {
            Report report = judge(wide.uri());
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(report.reason()).isNotBlank();
            assertThat(taken.get()).as("bytes of headers that were taken").isLessThan(16L << 20);
        }
    }

    @Test
    void json_nested_a_hundred_thousand_deep_is_not_taken_for_a_pinning_service() throws IOException {
        try (HostileEndpoint deep =
                new HostileEndpoint((request, out) -> HostileEndpoint.json(out, 200, "", "[".repeat(100_000)))) {
            expectNotFinished(judge(deep.uri()), "is not a pinning service");
        }
    }

    @Test
    void a_compressed_bomb_does_not_blow_up() throws IOException {
        byte[] bomb = bomb();
        try (HostileEndpoint server = new HostileEndpoint((request, out) -> {
            if (request.contains("gzip")) {
                HostileEndpoint.text(
                        out,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                                + bomb.length + "\r\n\r\n");
                out.write(bomb);
            } else {
                HostileEndpoint.json(out, 200, "", EMPTY_LIST);
            }
        })) {
            Settings only = TestSettings.of(server.uri(), state)
                    .edit()
                    .only(Set.of("http.gzip"))
                    .limits(Limits.DEFAULT.withTimeout(Duration.ofSeconds(10)))
                    .build();
            Report report = Conformance.run(only, RunListener.SILENT);
            assertThat(report.results().getFirst().findings().toString()).contains("grows beyond");
        }
    }

    @Test
    void a_redirect_to_another_host_is_neither_followed_nor_given_the_token() throws IOException {
        try (HostileEndpoint thief =
                        new HostileEndpoint((request, out) -> HostileEndpoint.json(out, 200, "", EMPTY_LIST));
                HostileEndpoint bait = new HostileEndpoint((request, out) ->
                        HostileEndpoint.json(out, 307, "Location: " + thief.uri() + "/pins\r\n", "{}"))) {
            expectNotFinished(judge(bait.uri()), "redirects to " + thief.uri());
            assertThat(bait.requests()).isNotEmpty();
            assertThat(thief.requests()).isEmpty();
        }
    }

    @Test
    void the_gateway_is_asked_without_any_token() throws IOException {
        try (HostileEndpoint gateway = new HostileEndpoint((request, out) -> HostileEndpoint.json(out, 404, "", "{}"));
                ReferencePsa server = ReferencePsa.correct()) {
            Settings settings = TestSettings.of(server, state)
                    .edit()
                    .gateway(Optional.of(gateway.uri()))
                    .profiles(Set.of(Profile.GATEWAY))
                    .build();
            Conformance.run(settings, RunListener.SILENT);
            assertThat(gateway.requests())
                    .hasSizeGreaterThan(20)
                    .noneMatch(request -> request.contains(ReferencePsa.TOKEN)
                            || request.toLowerCase(java.util.Locale.ROOT).contains("authorization"));
        }
    }

    @Test
    void plain_http_where_tls_is_expected_ends_with_a_sentence() throws IOException {
        try (HostileEndpoint plain =
                new HostileEndpoint((request, out) -> HostileEndpoint.json(out, 200, "", EMPTY_LIST))) {
            Report report = judge(URI.create("https://127.0.0.1:" + plain.uri().getPort()));
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(report.reason()).isNotBlank();
        }
    }

    @Test
    void something_that_is_not_http_ends_with_a_sentence() throws IOException {
        try (HostileEndpoint ssh = new HostileEndpoint((request, out) -> {
            HostileEndpoint.text(out, "SSH-2.0-OpenSSH_9.2\r\n");
            throw new IOException("closed");
        })) {
            Report report = judge(ssh.uri());
            assertThat(report.exitCode()).isEqualTo(3);
            assertThat(report.reason()).isNotBlank();
        }
    }

    @Test
    void a_web_page_is_not_judged_as_a_pinning_service() throws IOException {
        try (HostileEndpoint page = new HostileEndpoint((request, out) -> HostileEndpoint.text(
                out, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"))) {
            expectNotFinished(judge(page.uri()), "is not a pinning service");
        }
    }

    @Test
    void a_refused_token_and_an_outage_are_no_verdict() throws IOException {
        for (int status : new int[] {401, 403, 500, 503}) {
            try (HostileEndpoint closed = new HostileEndpoint(
                    (request, out) -> HostileEndpoint.json(out, status, "", "{\"error\":{\"reason\":\"NO\"}}"))) {
                expectNotFinished(judge(closed.uri()), "status " + status);
            }
        }
    }

    @Test
    void a_storm_of_429_ends_the_run_when_waiting_becomes_too_long() throws IOException {
        try (HostileEndpoint storm = new HostileEndpoint((request, out) ->
                HostileEndpoint.json(out, 429, "Retry-After: 60\r\n", "{\"error\":{\"reason\":\"SLOW\"}}"))) {
            List<Duration> waits = new CopyOnWriteArrayList<>();
            Report report = Conformance.run(TestSettings.of(storm.uri(), state), new RunListener() {
                @Override
                public void waiting(Duration time) {
                    waits.add(time);
                }
            });
            expectNotFinished(report, "keeps answering 429");
            assertThat(waits).isNotEmpty().allMatch(Duration.ofSeconds(60)::equals);
            assertThat(storm.requests()).hasSizeLessThan(20);
        }
    }

    @Test
    void an_endpoint_that_dies_in_the_middle_is_no_verdict() throws IOException {
        int[] left = {30};
        try (HostileEndpoint dying = new HostileEndpoint((request, out) -> {
            if (left[0]-- <= 0) {
                throw new IOException("gone");
            }
            HostileEndpoint.json(out, 200, "", EMPTY_LIST);
        })) {
            expectNotFinished(judge(dying.uri()), "stopped answering");
        }
    }

    @Test
    void no_report_holds_a_token_even_when_the_endpoint_repeats_it_everywhere() throws IOException {
        try (HostileEndpoint mirror = new HostileEndpoint((request, out) -> HostileEndpoint.json(
                out,
                200,
                "X-You-Sent: a-token-of-nobody\r\n",
                "{\"count\":0,\"results\":[],\"you\":\"a-token-of-nobody <script>alert(1)</script>\"}"))) {
            Report report = judge(mirror.uri());
            assertThat(report.results()).isNotEmpty();
            String json = JsonReport.write(report).toString();
            assertThat(json).contains("[token]").doesNotContain("a-token-of-nobody");
            assertThat(MarkdownReport.write(report)).doesNotContain("a-token-of-nobody");
            assertThat(HtmlReport.write(report))
                    .doesNotContain("a-token-of-nobody")
                    .doesNotContain("<script");
        }
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                gzip.write(zeros);
            }
        }
        return out.toByteArray();
    }

    /** Keeps the connection open until the test closes it, which interrupts nothing but ends the read. */
    private static void waitForEver() throws IOException {
        try {
            new java.util.concurrent.CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.SECONDS);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("closed without an answer");
    }
}
