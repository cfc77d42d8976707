package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.cli.FakeBroker.Seen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCommandsTest {
    private static final String CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    @TempDir
    Path data;

    private FakeBroker broker;

    ClientCommandsTest() throws IOException {
        broker = new FakeBroker();
    }

    @BeforeEach
    void the_data_directory_knows_the_broker() throws IOException {
        ClientFile.write(data, broker.endpoint(), FakeBroker.TOKEN);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void only_its_owner_reads_the_client_file() throws IOException {
        Path file = data.resolve("client.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Json.read(Files.readAllBytes(file)).path("token").asText()).isEqualTo(FakeBroker.TOKEN);
    }

    @Test
    void add_uploads_a_file_waits_until_it_is_pinned_and_prints_the_cid_alone() throws IOException {
        Path file = Files.writeString(data.resolve("hello.txt"), "hello\n");
        Ran ran = Ran.at(data, "add", file.toString(), "--meta", "project=nine");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().strip()).isEqualTo(broker.uploadedRoot);
        Seen upload = broker.seen.get(0);
        assertThat(upload.contentType()).isEqualTo("application/octet-stream");
        assertThat(upload.text()).isEqualTo("hello\n");
        assertThat(upload.query()).containsEntry("name", "hello.txt").containsEntry("meta", "{\"project\":\"nine\"}");
        assertThat(broker.seen).hasSizeGreaterThan(2);
    }

    @Test
    void add_in_the_background_does_not_wait() throws IOException {
        Path file = Files.write(data.resolve("empty"), new byte[0]);
        Ran ran = Ran.at(data, "add", file.toString(), "--background", "--json", "--name", "nothing");
        assertThat(ran.code()).isZero();
        assertThat(broker.seen).hasSize(1);
        assertThat(broker.seen.get(0).query()).containsEntry("name", "nothing");
        JsonNode answer = ran.json();
        assertThat(answer.path("roots").get(0).asText()).isEqualTo(broker.uploadedRoot);
        assertThat(answer.path("pins").get(0).path("status").asText()).isEqualTo("queued");
    }

    @Test
    void add_sends_a_directory_with_the_paths_inside_it() throws IOException {
        Path site = Files.createDirectories(data.resolve("site/a b/ü"));
        Files.writeString(site.resolve("x\"y.txt"), "one");
        Files.writeString(data.resolve("site/index.html"), "two");
        Files.writeString(data.resolve("site/.hidden"), "three");
        Files.createDirectory(data.resolve("site/empty"));
        Files.createSymbolicLink(data.resolve("site/link"), Path.of("index.html"));
        Ran ran = Ran.at(data, "add", data.resolve("site").toString());
        assertThat(ran.code()).isZero();
        assertThat(ran.err())
                .contains("1 hidden entries are left out; --hidden adds them")
                .contains("the empty folder empty is left out")
                .contains("link is a link or a special file");
        Seen upload = broker.seen.get(0);
        assertThat(upload.contentType()).startsWith("multipart/form-data; boundary=");
        assertThat(upload.text())
                .contains("filename=\"a b/ü/x%22y.txt\"\r\nContent-Type: application/octet-stream\r\n\r\none\r\n")
                .contains("filename=\"index.html\"")
                .doesNotContain("three")
                .endsWith("--\r\n");
    }

    @Test
    void add_sends_a_car_as_a_car() throws IOException {
        Path car = Files.write(data.resolve("x.car"), new byte[] {1, 2, 3});
        assertThat(Ran.at(data, "add", "--car", "--no-pin", car.toString()).code())
                .isZero();
        assertThat(broker.seen.get(0).contentType()).isEqualTo("application/vnd.ipld.car");
        assertThat(broker.seen.get(0).query()).containsEntry("pin", "false");
        assertThat(broker.seen).hasSize(1);
    }

    @Test
    void a_pin_that_fails_is_told_with_its_reason_and_exit_code_1() throws IOException {
        broker.endsAs = "failed";
        Path file = Files.writeString(data.resolve("hello.txt"), "hello\n");
        Ran ran = Ran.at(data, "add", file.toString());
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("the pin failed: every provider refused it")
                .contains("pinfold pin explain req-");
    }

    @Test
    void waiting_ends_at_the_timeout() {
        broker.endsAs = "queued";
        Ran ran = Ran.at(data, "pin", "add", CID, "--timeout", "1ms");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("still queued; see 'pinfold pin status req-00001'");
    }

    @Test
    void pin_add_sends_name_meta_and_origins() throws IOException {
        Ran ran = Ran.at(
                data,
                "pin",
                "add",
                CID,
                "--name",
                "n",
                "--meta",
                "a=b",
                "--origin",
                "/ip4/1.2.3.4/tcp/1/p2p/Qm",
                "--json");
        assertThat(ran.code()).isZero();
        assertThat(ran.json().path("status").asText()).isEqualTo("pinned");
        JsonNode body = broker.seen.get(0).json();
        assertThat(body.toString())
                .isEqualTo("{\"cid\":\"" + CID
                        + "\",\"name\":\"n\",\"meta\":{\"a\":\"b\"},\"origins\":[\"/ip4/1.2.3.4/tcp/1/p2p/Qm\"]}");
    }

    @Test
    void pin_ls_walks_every_page_and_shows_each_pin_once() {
        for (int i = 0; i < 2345; i++) {
            broker.pin(CID, "n" + i, "pinned");
        }
        broker.pin(CID, "waiting", "queued");
        Ran ran = Ran.at(data, "pin", "ls", "--json");
        assertThat(ran.json().path("count").asInt()).isEqualTo(2345);
        assertThat(ran.json().path("results").findValuesAsText("requestid"))
                .hasSize(2345)
                .doesNotHaveDuplicates()
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(broker.seen).hasSize(3);
        assertThat(Ran.at(data, "pin", "ls", "--status", "queued").out())
                .contains("req-02346  queued ")
                .contains("waiting")
                .hasLineCount(1);
        assertThat(Ran.at(data, "pin", "ls", "--limit", "7").out()).hasLineCount(7);
    }

    @Test
    void pin_ls_sends_its_filters() {
        Ran.at(data, "pin", "ls", "--cid", CID, "--name", "a&b", "--match", "ipartial", "--meta", "k=v");
        assertThat(broker.seen.get(0).query())
                .containsEntry("cid", CID)
                .containsEntry("name", "a&b")
                .containsEntry("match", "ipartial")
                .containsEntry("meta", "{\"k\":\"v\"}");
    }

    @Test
    void pin_rm_by_filter_needs_force_for_more_than_one() {
        broker.pin(CID, "old", "pinned");
        broker.pin(CID, "old", "pinned");
        Ran careful = Ran.at(data, "pin", "rm", "--name", "old");
        assertThat(careful.code()).isEqualTo(1);
        assertThat(careful.err()).contains("2 pins match; --force removes them all");
        assertThat(broker.pins).hasSize(2);
        Ran forced = Ran.at(data, "pin", "rm", "--name", "old", "--force", "--json");
        assertThat(forced.code()).isZero();
        assertThat(forced.json().path("removed")).hasSize(2);
        assertThat(broker.pins).isEmpty();
    }

    @Test
    void pin_rm_removes_what_it_can_and_tells_the_rest() {
        broker.pin(CID, "a", "pinned");
        Ran ran = Ran.at(data, "pin", "rm", "req-00009", "req-00001");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().strip()).isEqualTo("req-00001");
        assertThat(ran.err()).contains("req-00009: there is no pin req-00009");
    }

    @Test
    void pins_are_found_by_requestid_and_by_cid() {
        broker.pin(CID, "older", "pinned");
        broker.pin(CID, "newer", "failed");
        assertThat(Ran.at(data, "pin", "status", "req-00001").out()).contains("older");
        assertThat(Ran.at(data, "pin", "status", CID, "--json")
                        .json()
                        .path("pin")
                        .path("name")
                        .asText())
                .isEqualTo("newer");
        assertThat(Ran.at(data, "pin", "status", "req-00077").code()).isEqualTo(1);
        Ran unknown = Ran.at(data, "pin", "status", CID.replace("zy", "za"));
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("nothing is pinned under");
    }

    @Test
    void explain_shows_goal_copies_decision_and_reasons() {
        broker.pin(CID, "a", "pinned");
        Ran ran = Ran.at(data, "pin", "explain", "req-00001");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("pinned, 3.0 MiB; wanted: 3 copies; counts as pinned with 2 verified")
                .containsPattern("eu-west +eu-west +verified +\\S+ +2026-11-20T10:00:02Z +root and 4 blocks +-")
                .contains("unavailable; answered 500; 3 attempts; next try 2026-11-20T10:05:00Z")
                .contains("last decision: rule 'everything' gives class 'three-regions' (policy sha256:0123456789ab…):")
                .contains("  eu-west in eu-west, hot, 0.0002 a month")
                .contains("  together 0.0003 a month; durability of 5.1 nines, limited by common-cause")
                .contains("  ap-south: IN is not among EU, US (jurisdiction)")
                .doesNotContain("null");
        assertThat(Ran.at(data, "pin", "explain", "req-00001", "--json").json().path("replicas"))
                .hasSize(2);
        assertThat(Ran.at(data, "pin", "events", "req-00001").out()).contains("replica.verified  eu-west");
    }

    @Test
    void explain_leaves_regions_out_for_a_token_that_may_not_ask_for_them() {
        broker.pin(CID, "a", "pinned");
        broker.operator = false;
        broker.planned = false;
        Ran ran = Ran.at(data, "pin", "explain", "req-00001");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .containsPattern("provider +state +since")
                .contains("No decision has been taken yet.")
                .doesNotContain("region");
    }

    @Test
    void providers_show_region_usage_and_open_breakers() {
        assertThat(Ran.at(data, "provider", "ls").out())
                .contains("upload open")
                .contains("5.0 MiB")
                .contains("0.06 USD");
        assertThat(Ran.at(data, "provider", "show", "eu-west").out()).contains("region  eu-west");
        assertThat(Ran.at(data, "provider", "show", "nowhere").code()).isEqualTo(1);
    }

    @Test
    void a_new_token_is_alone_on_stdout() throws IOException {
        Ran ran = Ran.at(data, "token", "create", "--name", "ci", "--scope", "pins:read,pins:write", "--max-pins", "5");
        assertThat(ran.out().strip()).isEqualTo("pf_fresh");
        assertThat(ran.err()).contains("id t-2");
        assertThat(broker.seen.get(0).json().toString())
                .isEqualTo("{\"name\":\"ci\",\"scopes\":[\"pins:read\",\"pins:write\"],\"maxPins\":5}");
        assertThat(Ran.at(data, "token", "ls").out()).containsPattern("t-1 +ci +main +- +2026-11-20T09:00:00Z +-");
        assertThat(Ran.at(data, "token", "revoke", "t-1").out().strip()).isEqualTo("t-1");
        assertThat(Ran.at(data, "tenant", "create", "studio").out().strip()).isEqualTo("studio");
        assertThat(Ran.at(data, "tenant", "ls").out()).containsPattern("main +2026-11-19T09:00:00Z");
    }

    @Test
    void a_refusal_is_told_in_the_brokers_words_and_as_json() {
        Ran ran = Ran.at(data, "pin", "add", "nonsense", "--json");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("'nonsense' is not a CID");
        assertThat(ran.json().path("error").path("reason").asText()).isEqualTo("BAD_REQUEST");
    }

    @Test
    void a_token_that_is_not_known_is_told_with_where_it_may_come_from() throws IOException {
        ClientFile.write(data, broker.endpoint(), "wrong");
        Ran ran = Ran.at(data, "pin", "ls");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("the token is unknown").contains("PINFOLD_TOKEN, --token-env, --data");
    }

    @Test
    void a_broker_that_is_gone_is_exit_code_3_and_says_how_to_start_one() {
        broker.close();
        Ran ran = Ran.at(data, "pin", "ls", "--json");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err())
                .contains("cannot reach the broker at http://127.0.0.1:")
                .contains("./pinfold serve");
        assertThat(ran.json().path("error").path("reason").asText()).isEqualTo("UNREACHABLE");
    }

    @Test
    void something_else_that_listens_there_is_recognised() throws IOException {
        ClientFile.write(data, broker.endpoint().resolve("/elsewhere"), FakeBroker.TOKEN);
        Ran ran = Ran.at(data, "provider", "ls");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err()).contains("answers (404), but not like a Pinfold broker; check the endpoint");
    }

    @Test
    void text_from_a_broker_cannot_steer_the_terminal() {
        broker.pin(CID, "evil\u001b[2Jname\nsecond", "pinned");
        assertThat(Ran.at(data, "pin", "ls").out()).doesNotContain("\u001b").hasLineCount(1);
        assertThat(Ran.at(data, "pin", "status", "req-00001").out()).doesNotContain("\u001b");
    }

    @Test
    void standard_input_is_streamed() throws IOException {
        var before = System.in;
        try {
            System.setIn(new java.io.ByteArrayInputStream("piped".getBytes(StandardCharsets.UTF_8)));
            assertThat(Ran.at(data, "add", "-").out().strip()).isEqualTo(broker.uploadedRoot);
        } finally {
            System.setIn(before);
        }
        assertThat(broker.seen.get(0).text()).isEqualTo("piped");
        assertThat(broker.seen.get(0).query()).doesNotContainKey("name");
        assertThat(List.of(broker.seen.get(0).contentType())).containsExactly("application/octet-stream");
    }
}
