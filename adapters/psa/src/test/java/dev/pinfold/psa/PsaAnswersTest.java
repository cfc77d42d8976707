package dev.pinfold.psa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.content.Cid;
import dev.pinfold.http.HttpAnswer;
import dev.pinfold.http.SafeWords;
import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import dev.pinfold.spi.Order;
import dev.pinfold.spi.OrderRef;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.Sighting;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers mean, and how questions are written: tables, without a network. */
class PsaAnswersTest {
    private static final Instant NOW = Instant.parse("2026-05-04T10:00:00Z");

    private final PsaSettings settings = PsaSettings.read(new ProviderConfig(
            "acme",
            Map.of("preset", "generic", "endpoint", "https://pins.example/psa/", "token", "hush-hush"),
            Path.of(".")));
    private final PsaRequests requests = new PsaRequests(settings);
    private final PsaAnswers answers = new PsaAnswers(
            settings, requests, new SafeWords(settings.id(), settings.secrets()), InstantSource.fixed(NOW));
    private final Order order = new Order("k1", Dag.text("content").root(), List.of(), Map.of(), OptionalLong.empty());

    private static HttpAnswer answer(int status, String body, String... headers) {
        Map<String, List<String>> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return new HttpAnswer(
                status, HttpHeaders.of(map, (name, value) -> true), body.getBytes(StandardCharsets.UTF_8));
    }

    private Failure orderFailure(HttpAnswer answer) {
        return catchThrowableOfType(ProviderException.class, () -> answers.added(order, answer))
                .failure();
    }

    private String pin(String fields) {
        return "{\"requestid\":\"r1\",\"pin\":{\"cid\":\"" + order.cid() + "\"}" + fields + "}";
    }

    @ParameterizedTest
    @CsvSource({
        "301, ProtocolViolation",
        "400, Rejected",
        "401, Unauthorized",
        "402, QuotaExceeded",
        "403, Unauthorized",
        "404, ProtocolViolation",
        "405, Rejected",
        "408, Unavailable",
        "409, Rejected",
        "413, Rejected",
        "415, Rejected",
        "422, Rejected",
        "429, RateLimited",
        "451, Rejected",
        "456, Rejected",
        "500, OutcomeUnknown",
        "501, Unavailable",
        "502, OutcomeUnknown",
        "503, OutcomeUnknown",
        "504, OutcomeUnknown",
        "505, Unavailable",
        "507, QuotaExceeded",
        "520, OutcomeUnknown"
    })
    void an_order_answered_with_a_status_fails_as(int status, String failure) {
        assertThat(orderFailure(answer(status, "{\"error\":{\"reason\":\"R\"}}"))
                        .getClass()
                        .getSimpleName())
                .isEqualTo(failure);
    }

    @Test
    void a_503_that_names_a_time_had_no_effect() {
        assertThat(orderFailure(answer(503, "", "Retry-After", "5"))).isInstanceOf(Failure.Unavailable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "200, X-Ipfs-Path, /ipfs/CID/a b/c, application/octet-stream, Unsupported",
        "200, X-Ipfs-Path, /ipfs/CID/a%20b/c, application/octet-stream, Unsupported",
        "301, Location, /ipfs/CID/a%20b/c/, text/html, Unsupported",
        "200, X-Ipfs-Path, /ipfs/CID, application/octet-stream, ProtocolViolation",
        "301, Location, /ipfs/CID/, text/html, ProtocolViolation"
    })
    void something_else_than_the_car_of_a_path_means(
            int status, String name, String value, String type, String failure) {
        Cid cid = order.cid();
        HttpAnswer answer =
                answer(status, "not a CAR", name, value.replace("CID", cid.toString()), "Content-Type", type);
        assertThat(catchThrowableOfType(
                                ProviderException.class,
                                () -> answers.requireContent(HttpAsk.Purpose.CAR, cid, "a b/c", answer))
                        .failure()
                        .getClass()
                        .getSimpleName())
                .isEqualTo(failure);
    }

    @ParameterizedTest
    @CsvSource({
        "200, X-Ipfs-Path, /ipfs/CID, application/octet-stream, Unsupported",
        "200, X-Ipfs-Path, /ipfs/CID, text/html, Unsupported",
        "301, Location, /ipfs/CID/, text/html, Unsupported",
        "301, Location, https://gw.example/ipfs/CID/?format=raw, text/html, Unsupported",
        "200, X-Ipfs-Path, /ipfs/CID/other, application/octet-stream, ProtocolViolation",
        "200, X-Ipfs-Path, /ipfs/CID, application/vnd.ipld.car, ProtocolViolation",
        "200, X-Other, /ipfs/CID, application/octet-stream, ProtocolViolation",
        "200, X-Other, /ipfs/CID, text/html, ProtocolViolation",
        "301, Location, https://elsewhere.example/, text/html, ProtocolViolation",
        "404, X-Ipfs-Path, /ipfs/CID, text/plain, NotFound"
    })
    void something_else_than_the_block_means(int status, String name, String value, String type, String failure) {
        Cid cid = order.cid();
        HttpAnswer answer =
                answer(status, "not the block", name, value.replace("CID", cid.toString()), "Content-Type", type);
        assertThat(catchThrowableOfType(ProviderException.class, () -> answers.block(cid, answer))
                        .failure()
                        .getClass()
                        .getSimpleName())
                .isEqualTo(failure);
    }

    @Test
    void bytes_with_the_hash_of_the_block_are_the_block_whatever_their_type() {
        HttpAnswer answer = answer(200, "content", "Content-Type", "text/html");
        assertThat(answers.block(order.cid(), answer)).isEqualTo(answer.body());
    }

    @Test
    void missing_funds_are_a_limit_of_the_account() {
        assertThat(orderFailure(answer(409, "{\"error\":{\"reason\":\"INSUFFICIENT_FUNDS\"}}")))
                .isInstanceOf(Failure.QuotaExceeded.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{}",
                "<html>",
                "{\"requestid\":\"\",\"pin\":{\"cid\":\"x\"}}",
                "{\"requestid\":\"a b\",\"pin\":{\"cid\":\"x\"}}",
                "{\"requestid\":\"r\"}",
                "{\"requestid\":\"r\",\"pin\":{\"cid\":\"bafkqaaa\"}}",
                "{\"requestid\":\"r\",\"requestid\":\"s\",\"pin\":{\"cid\":\"bafkqaaa\"}}"
            })
    void an_order_taken_with_an_answer_nobody_can_read_is_unknown(String body) {
        assertThat(orderFailure(answer(202, body))).isInstanceOf(Failure.OutcomeUnknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "pinned, Stored", "PINNED, Stored", "queued, Queued", "prechecking, Queued", "pinning, InProgress",
        "searching, InProgress", "retrieving, InProgress", "failed, Failed", "expired, Failed", "Unpinned, Failed",
        "over_free_limit, Failed", "backfilled, Queued", "quantum, Unknown", "'', Unknown"
    })
    void a_state_means(String state, String observation) {
        Sighting seen = answers.added(order, answer(202, pin(",\"status\":\"" + state + "\"")));
        assertThat(seen.observation().getClass().getSimpleName()).isEqualTo(observation);
    }

    @Test
    void what_companies_leave_out_or_add_is_borne() {
        String body = "{\"requestId\":17,\"status\":\"pinned\",\"created\":\"yesterday\",\"delegates\":null,"
                + "\"extra\":{\"a\":[1]},\"info\":null,\"pin\":{\"cid\":\"" + order.cid()
                + "\",\"name\":null,\"meta\":null,\"origins\":null}}";
        Sighting seen = answers.added(order, answer(200, body));
        assertThat(seen.upstreamId()).isEqualTo("17");
        assertThat(seen.observation()).isInstanceOf(Observation.Stored.class);
        assertThat(seen.delegates()).isEmpty();
    }

    @Test
    void only_what_can_be_a_multiaddr_is_a_delegate_and_twenty_at_most() {
        StringBuilder list = new StringBuilder("\"example.org\",\"/a b\",5,null");
        for (int i = 0; i < 40; i++) {
            list.append(",\"/ip4/192.0.2.").append(i).append("/tcp/1/p2p/Q\"");
        }
        Sighting seen = answers.added(order, answer(202, pin(",\"status\":\"queued\",\"delegates\":[" + list + "]")));
        assertThat(seen.delegates()).hasSize(20).allMatch(each -> each.startsWith("/ip4/"));
    }

    @Test
    void a_list_with_one_broken_pin_shows_the_others() {
        String body = "{\"count\":\"many\",\"results\":[null,{\"pin\":{}}," + pin(",\"status\":\"queued\"") + "]}";
        assertThat(answers.page(answer(200, body)))
                .singleElement()
                .satisfies(pin -> assertThat(pin.requestId()).isEqualTo("r1"));
    }

    @Test
    void of_several_pins_with_one_key_the_stored_one_counts_and_the_rest_are_duplicates() {
        List<PinDoc> pins = List.of(
                doc("a", "failed", "2026-01-01T00:00:00Z"),
                doc("b", "pinned", "2026-01-03T00:00:00Z"),
                doc("c", "pinned", "2026-01-02T00:00:00Z"),
                doc("d", "pinning", "2026-01-01T00:00:00Z"));
        Sighting found = answers.found(order.ref(), pins);
        assertThat(found.upstreamId()).isEqualTo("c");
        assertThat(found.duplicates()).containsExactly("b", "d", "a");
        assertThat(found.observation()).isInstanceOf(Observation.Stored.class);
    }

    private PinDoc doc(String id, String status, @Nullable String created) {
        return new PinDoc(id, status, created, null, order.cid().toString(), null, Map.of(), List.of(), Map.of());
    }

    @Test
    void the_key_counts_in_metadata_first_then_in_the_name() {
        PinDoc named = new PinDoc("a", "", null, null, "c", "pinfold-k9", Map.of(), List.of(), Map.of());
        assertThat(requests.orderKey(named)).isEqualTo("k9");
        PinDoc both =
                new PinDoc("a", "", null, null, "c", "pinfold-k9", Map.of("pinfold_order", "k8"), List.of(), Map.of());
        assertThat(requests.orderKey(both)).isEqualTo("k8");
        PinDoc odd = new PinDoc("a", "", null, null, "c", "pinfold-a b", Map.of(), List.of(), Map.of());
        assertThat(requests.orderKey(odd)).isNull();
    }

    @Test
    void a_requestid_cannot_step_out_of_its_path() {
        assertThat(requests.get("../../admin?x=1#y").uri().toString())
                .isEqualTo("https://pins.example/psa/pins/%2E%2E%2F%2E%2E%2Fadmin%3Fx%3D1%23y");
    }

    @Test
    void what_a_company_says_is_kept_short_and_without_the_token() {
        HttpAnswer rude = answer(401, "{\"error\":{\"reason\":\"" + "no hush-hush\\r\\n\\u0000 ".repeat(500) + "\"}}");
        String detail = orderFailure(rude).detail();
        assertThat(detail).hasSizeLessThan(400).doesNotContain("hush-hush").contains("[redacted]");
        assertThat(detail.chars().noneMatch(Character::isISOControl)).isTrue();
    }

    @Test
    void a_page_of_html_is_not_quoted() {
        assertThat(orderFailure(answer(403, "<html>secret page</html>", "Content-Type", "text/html"))
                        .detail())
                .doesNotContain("secret page");
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, 60, PT1M",
        "Retry-After, 0, PT0S",
        "Retry-After, 'Mon, 04 May 2026 10:00:30 GMT', PT30S",
        "Retry-After, 'Mon, 04 May 2026 09:00:00 GMT', PT0S",
        "Retry-After, 999999999, PT24H",
        "X-RateLimit-Reset, 1777888845, PT45S",
        "X-RateLimit-Reset, 1777888845000, PT45S",
        "X-RateLimit-Reset, 12, PT12S",
        "RateLimit-Reset, 9, PT9S"
    })
    void the_time_to_wait_is(String header, String value, Duration wait) {
        assertThat(RetryTimes.read(answer(429, "", header, value), NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1.5", "99999999999999999999"})
    void a_time_nobody_can_read_is_none(String value) {
        assertThat(RetryTimes.read(answer(429, "", "Retry-After", value, "X-RateLimit-Reset", value), NOW))
                .isNull();
    }

    @Test
    void a_cursor_survives_being_text() {
        PinDoc pin = new PinDoc(
                "a",
                "",
                "x",
                Instant.parse("2026-01-01T00:00:00.123456789Z"),
                "c",
                null,
                Map.of(),
                List.of(),
                Map.of());
        PageCursor second = PageCursor.first(2).after(List.of(pin)).orElseThrow();
        assertThat(PageCursor.read(second.text())).contains(second);
        PageCursor exact = second.after(List.of(pin)).orElseThrow();
        assertThat(exact.before()).isEqualTo("2026-01-01T00:00:00.123456789Z");
        assertThat(PageCursor.read(exact.text())).contains(exact);
        assertThat(exact.after(List.of(pin))).isEmpty();
        assertThat(exact.after(List.of())).isEmpty();
    }

    @Test
    void a_look_at_an_id_that_is_gone_is_absent() {
        OrderRef ref = new OrderRef("k1", order.cid(), "r1");
        assertThat(answers.seen(ref, answer(404, "")).observation()).isInstanceOf(Observation.Absent.class);
        assertThat(answers.seen(ref, answer(410, "<html>")).observation()).isInstanceOf(Observation.Absent.class);
    }
}
