package dev.pinfold.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.api.ApiBroker.Account;
import dev.pinfold.broker.api.Client.Answer;
import dev.pinfold.broker.pin.Caller.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pinning API means, asked of a whole broker: who sees what, what is counted, what happens at the same time. */
class PinSemanticsTest {
    private static final String ANY = "/pins?status=queued,pinning,pinned,failed";
    private static ApiBroker broker;

    @TempDir
    static Path folder;

    private Account account;
    private Client client;

    @BeforeAll
    static void start() {
        broker = ApiBroker.start(folder, "");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void newAccount() {
        account = broker.tenant();
        client = client(account);
    }

    private static Client client(Account account) {
        return new Client(broker.endpoint(), account.token());
    }

    private static String simple(String text) {
        return Client.body(Client.cid(text), text);
    }

    // Who sees what

    @Test
    void a_tenant_neither_sees_nor_touches_the_pins_of_another() {
        String id = client.pin(simple("secret"));
        Client stranger = client(broker.tenant());
        assertThat(stranger.get("/pins/" + id).status()).isEqualTo(404);
        assertThat(stranger.post("/pins/" + id, simple("mine now")).status()).isEqualTo(404);
        assertThat(stranger.delete("/pins/" + id).status()).isEqualTo(404);
        assertThat(stranger.get("/api/v1/pins/" + id + "/placement").status()).isEqualTo(404);
        assertThat(stranger.get("/api/v1/pins/" + id + "/events").status()).isEqualTo(404);
        assertThat(stranger.names("")).isEmpty();
        assertThat(stranger.names("cid=" + Client.cid("secret"))).isEmpty();
        assertThat(client.get("/pins/" + id).text("requestid")).isEqualTo(id);
        assertThat(client.names("")).containsExactly("secret");
    }

    @Test
    void tokens_of_one_tenant_share_its_pins() {
        String id = client.pin(simple("shared"));
        Client colleague = client(broker.token(account.tenant(), ApiBroker.CLIENT, null, null));
        assertThat(colleague.names("")).containsExactly("shared");
        assertThat(colleague.delete("/pins/" + id).status()).isEqualTo(202);
        assertThat(client.get("/pins/" + id).status()).isEqualTo(404);
    }

    @Test
    void a_token_does_what_its_scopes_say_and_no_more() {
        String id = client.pin(simple("scoped"));
        Client reader = client(broker.token(account.tenant(), EnumSet.of(Scope.PINS_READ), null, null));
        assertThat(reader.get("/pins/" + id).status()).isEqualTo(200);
        assertThat(reader.get("/pins").status()).isEqualTo(200);
        assertForbidden(reader.post("/pins", simple("x")), "pins:write");
        assertForbidden(reader.post("/pins/" + id, simple("x")), "pins:write");
        assertForbidden(reader.delete("/pins/" + id), "pins:write");
        assertForbidden(reader.post("/api/v1/content", "bytes"), "content:write");
        assertForbidden(reader.get("/api/v1/tokens"), "operator");
        assertForbidden(reader.post("/api/v1/tenants", "{\"name\":\"x\"}"), "operator");
        Client writer = client(broker.token(account.tenant(), EnumSet.of(Scope.PINS_WRITE), null, null));
        assertForbidden(writer.get("/pins"), "pins:read");
        assertForbidden(writer.get("/pins/" + id), "pins:read");
        assertThat(writer.delete("/pins/" + id).status()).isEqualTo(202);
        Client uploader = client(broker.token(account.tenant(), EnumSet.of(Scope.CONTENT_WRITE), null, null));
        assertForbidden(uploader.post("/api/v1/content", "bytes"), "pins:write");
        assertThat(uploader.post("/api/v1/content?pin=false", "bytes").status()).isEqualTo(202);
    }

    private static void assertForbidden(Answer answer, String scope) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.reason()).isEqualTo("FORBIDDEN");
        assertThat(answer.response().body()).contains(scope);
    }

    @Test
    void a_revoked_token_is_refused_at_once_also_on_a_connection_that_is_open() throws Exception {
        byte[] list = ("GET /pins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + account.token() + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Client operator = client(broker.operator());
        byte[] revoke = ("DELETE /api/v1/tokens/" + account.tokenId() + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        + broker.operator().token() + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        List<RawHttp.Answer> answers = RawHttp.sendAll(broker.endpoint(), List.of(list, list, revoke, list));
        assertThat(answers).extracting(RawHttp.Answer::status).containsExactly(200, 200, 204, 401);
        Answer after = client.get("/pins");
        Answer unknown = new Client(broker.endpoint(), "pf_nobody").get("/pins");
        assertThat(after.status()).isEqualTo(401);
        assertThat(after.response().body()).isEqualTo(unknown.response().body());
        assertThat(operator.delete("/api/v1/tokens/" + account.tokenId()).status())
                .isEqualTo(404);
    }

    @Test
    void a_request_with_a_body_is_read_whole_also_when_its_token_is_seen_for_the_first_time() {
        for (int i = 0; i < 8; i++) {
            Account fresh = broker.tenant();
            String meta = "x".repeat(1000 * i);
            Answer answer = client(fresh)
                    .post("/pins", "{\"cid\":\"" + Client.cid("first") + "\",\"meta\":{\"m\":\"" + meta + "\"}}");
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.json().at("/pin/meta/m").asText()).isEqualTo(meta);
        }
    }

    // Limits

    @Test
    void a_token_that_asks_too_often_is_told_when_to_come_back() {
        Client slow = client(broker.token(account.tenant(), ApiBroker.CLIENT, 2, null));
        List<Answer> answers =
                IntStream.range(0, 12).mapToObj(i -> slow.get("/pins")).toList();
        Answer refused =
                answers.stream().filter(a -> a.status() == 429).findFirst().orElseThrow();
        assertThat(answers.stream().filter(a -> a.status() == 200).count()).isBetween(4L, 11L);
        assertThat(refused.reason()).isEqualTo("RATE_LIMITED");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 2);
        assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("4");
        assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(Long.parseLong(refused.header("X-RateLimit-Reset")))
                .isBetween(Instant.now().getEpochSecond() - 30, Instant.now().getEpochSecond() + 5);
        assertThat(client.get("/pins").status()).isEqualTo(200);
    }

    @Test
    void a_quota_is_exact_under_64_posts_at_once() {
        Client limited = client(broker.token(account.tenant(), ApiBroker.CLIENT, null, 20L));
        AtomicInteger number = new AtomicInteger();
        List<Answer> answers =
                Client.atOnce(64, () -> limited.post("/pins", simple("quota " + number.incrementAndGet())));
        assertThat(answers.stream().filter(a -> a.status() == 202)).hasSize(20);
        assertThat(answers.stream().filter(a -> a.status() == 409 && a.reason().equals("INSUFFICIENT_FUNDS")))
                .hasSize(44);
        assertThat(limited.names("")).hasSize(20);
        String id = answers.stream()
                .filter(a -> a.status() == 202)
                .findFirst()
                .orElseThrow()
                .text("requestid");
        Answer replaced = limited.post("/pins/" + id, simple("replaced at the limit"));
        assertThat(replaced.status()).isEqualTo(202);
        assertThat(limited.delete("/pins/" + replaced.text("requestid")).status())
                .isEqualTo(202);
        assertThat(limited.post("/pins", simple("room again")).status()).isEqualTo(202);
        assertThat(limited.post("/pins", simple("full again")).status()).isEqualTo(409);
        assertThat(broker.number("SELECT count(*) FROM pin p JOIN token t ON t.id = p.token_id WHERE t.max_pins = 20"))
                .isEqualTo(20);
    }

    @Test
    void a_full_token_cannot_replace_a_pin_that_counts_for_another_token() {
        String id = client.pin(simple("colleague's"));
        Client full = client(broker.token(account.tenant(), ApiBroker.CLIENT, null, 1L));
        full.pin(simple("own"));
        Answer refused = full.post("/pins/" + id, simple("would be the second"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.reason()).isEqualTo("INSUFFICIENT_FUNDS");
        assertThat(client.get("/pins/" + id).status()).isEqualTo(200);
    }

    // Idempotency

    @Test
    void requests_with_one_idempotency_key_make_one_pin_also_at_once() {
        List<Answer> answers =
                Client.atOnce(24, () -> client.post("/pins", simple("once"), "Idempotency-Key", "key one"));
        assertThat(answers).allMatch(a -> a.status() == 202);
        assertThat(answers.stream().map(a -> a.text("requestid")).distinct()).hasSize(1);
        assertThat(client.names("")).containsExactly("once");
        assertThat(client.post("/pins", simple("once")).status()).isEqualTo(202);
        assertThat(client.names("")).containsExactly("once", "once");
    }

    @Test
    void an_idempotency_key_belongs_to_one_request_of_one_tenant() {
        Answer first = client.post("/pins", simple("a"), "Idempotency-Key", "k");
        Answer other = client.post("/pins", simple("b"), "Idempotency-Key", "k");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.response().body()).contains("use a new key");
        Answer stranger = client(broker.tenant()).post("/pins", simple("a"), "Idempotency-Key", "k");
        assertThat(stranger.status()).isEqualTo(202);
        assertThat(stranger.text("requestid")).isNotEqualTo(first.text("requestid"));
        assertThat(client.names("")).containsExactly("a");
    }

    @Test
    void an_idempotency_key_makes_a_new_pin_after_it_has_expired_and_none_after_its_pin_was_deleted() {
        String first = client.post("/pins", simple("k"), "Idempotency-Key", "e").text("requestid");
        broker.change(
                "UPDATE idempotency SET expires = now() - interval '1 second' WHERE request_id = '" + first + "'");
        Answer second = client.post("/pins", simple("k"), "Idempotency-Key", "e");
        assertThat(second.status()).isEqualTo(202);
        assertThat(second.text("requestid")).isNotEqualTo(first);
        client.delete("/pins/" + second.text("requestid"));
        Answer third = client.post("/pins", simple("k"), "Idempotency-Key", "e");
        assertThat(third.status()).isEqualTo(409);
        assertThat(third.reason()).isEqualTo("CONFLICT");
        assertThat(third.response().body()).contains("deleted or replaced");
        assertThat(client.names("")).containsExactly("k");
    }

    @Test
    void a_request_that_the_quota_refused_does_not_use_up_its_idempotency_key() {
        Client limited = client(broker.token(account.tenant(), ApiBroker.CLIENT, null, 1L));
        String held = limited.pin(simple("held"));
        assertThat(limited.post("/pins", simple("later"), "Idempotency-Key", "q")
                        .status())
                .isEqualTo(409);
        limited.delete("/pins/" + held);
        assertThat(limited.post("/pins", simple("later"), "Idempotency-Key", "q")
                        .status())
                .isEqualTo(202);
    }

    // Replace and delete

    @Test
    void replacing_gives_a_new_id_and_takes_nothing_over_from_the_old_pin() {
        String cid = Client.cid("replace me");
        String old = client.pin("{\"cid\":\"" + cid + "\",\"name\":\"n\",\"meta\":{\"a\":\"1\",\"b\":\"2\"}}");
        Answer fresh = client.post("/pins/" + old, "{\"cid\":\"" + cid + "\",\"meta\":{\"b\":\"3\"}}");
        assertThat(fresh.status()).isEqualTo(202);
        assertThat(fresh.text("requestid")).isNotEqualTo(old);
        assertThat(fresh.json().get("pin").has("name")).isFalse();
        assertThat(fresh.json().at("/pin/meta").toString()).isEqualTo("{\"b\":\"3\"}");
        assertThat(client.get("/pins/" + old).status()).isEqualTo(404);
        assertThat(client.fields("", "requestid")).containsExactly(fresh.text("requestid"));
    }

    @Test
    void of_many_replaces_of_one_pin_exactly_one_wins() {
        String old = client.pin(simple("contested"));
        AtomicInteger number = new AtomicInteger();
        List<Answer> answers =
                Client.atOnce(24, () -> client.post("/pins/" + old, simple("winner " + number.incrementAndGet())));
        assertThat(answers.stream().filter(a -> a.status() == 202)).hasSize(1);
        assertThat(answers.stream().filter(a -> a.status() == 404)).hasSize(23);
        assertThat(client.names("")).hasSize(1);
    }

    @Test
    void deleting_twice_is_not_found_and_leaves_the_other_pin_of_the_same_content() {
        String first = client.pin(simple("twice"));
        String second = client.pin(simple("twice"));
        assertThat(first).isNotEqualTo(second);
        Answer deleted = client.delete("/pins/" + first);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(deleted.response().body()).isEmpty();
        assertThat(client.delete("/pins/" + first).status()).isEqualTo(404);
        assertThat(client.get("/pins/" + first).status()).isEqualTo(404);
        assertThat(client.fields("", "requestid")).containsExactly(second);
    }

    @Test
    void a_pin_can_be_deleted_while_its_content_is_being_placed() throws Exception {
        String id = client.pin(simple("busy"));
        CompletableFuture<Answer> deleted = new CompletableFuture<>();
        broker.whileLocked("SELECT cid FROM content WHERE cid = '" + Client.cid("busy") + "' FOR UPDATE", () -> {
            Thread.startVirtualThread(() -> deleted.completeAsync(() -> client.delete("/pins/" + id)));
            broker.awaitLockWait();
            return "UPDATE pin SET info = '{}' WHERE request_id = '" + id + "'";
        });
        assertThat(deleted.get(20, TimeUnit.SECONDS).status()).isEqualTo(202);
        assertThat(client.names("")).isEmpty();
    }

    // Order, paging, time

    @Test
    void created_is_unique_and_rises_with_32_posts_at_once() {
        AtomicInteger number = new AtomicInteger();
        List<Answer> answers =
                Client.atOnce(32, () -> client.post("/pins", simple("burst " + number.incrementAndGet())));
        assertThat(answers).allMatch(a -> a.status() == 202);
        Set<String> created = new HashSet<>();
        answers.forEach(a -> created.add(a.text("created")));
        assertThat(created)
                .hasSize(32)
                .allMatch(text -> text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
        String newest = created.stream().max(String::compareTo).orElseThrow();
        assertThat(client.post("/pins", simple("after the burst")).text("created"))
                .isGreaterThan(newest);
        List<String> listed = client.fields("", "created");
        assertThat(listed).hasSize(33).isSortedAccordingTo((a, b) -> b.compareTo(a));
    }

    @Test
    void what_was_accepted_is_there_at_once_in_every_answer() {
        for (int i = 0; i < 20; i++) {
            String id = client.pin(simple("mine " + i));
            assertThat(client.get("/pins/" + id).status()).isEqualTo(200);
            assertThat(client.fields("name=" + Client.url("mine " + i), "requestid"))
                    .containsExactly(id);
            assertThat(client.get(ANY + "&limit=1").json().get("count").asInt()).isEqualTo(i + 1);
        }
    }

    @Test
    void before_and_after_exclude_their_own_moment_whatever_way_it_is_written() {
        List<String> created = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            created.add(client.post("/pins", simple("t" + i)).text("created"));
        }
        Instant middle = Instant.parse(created.get(2));
        String millis = String.format("%03d", middle.toEpochMilli() % 1000);
        String local = middle.atOffset(java.time.ZoneOffset.ofHoursMinutes(5, 30))
                .format(java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss"));
        for (String same : List.of(
                created.get(2),
                created.get(2).replace("Z", "+00:00"),
                created.get(2).replace("Z", "%2B00:00"),
                local + "." + millis + "%2B05:30",
                local + "." + millis + "+05:30",
                created.get(2).replace("Z", "000000Z"),
                created.get(2).replace('T', 't').replace('Z', 'z'))) {
            assertThat(client.names("before=" + same)).as(same).containsExactly("t1", "t0");
            assertThat(client.names("after=" + same)).as(same).containsExactly("t4", "t3");
        }
        String nanosLater = created.get(2).replace("Z", "000001Z");
        assertThat(client.names("before=" + nanosLater)).containsExactly("t2", "t1", "t0");
        assertThat(client.names("after=" + nanosLater)).containsExactly("t4", "t3");
        assertThat(client.names("after=" + created.get(0) + "&before=" + created.get(4)))
                .containsExactly("t3", "t2", "t1");
        assertThat(client.names("after=" + created.get(4) + "&before=" + created.get(0)))
                .isEmpty();
        assertThat(client.names("after=1900-01-01T00:00:00Z")).hasSize(5);
        assertThat(client.names("before=1900-01-01T00:00:00Z")).isEmpty();
        assertThat(client.names("before=9999-12-31T23:59:59Z")).hasSize(5);
        assertThat(client.names("after=9999-12-31T23:59:59Z")).isEmpty();
    }

    @Test
    void pages_are_ten_pins_unless_asked_otherwise_and_the_walk_misses_none() {
        AtomicInteger number = new AtomicInteger();
        Client.atOnce(37, () -> client.pin(simple("page " + number.incrementAndGet())));
        assertThat(client.get(ANY).json().get("results")).hasSize(10);
        for (int limit : new int[] {1, 7, 10, 37, 1000}) {
            assertThat(kuboWalk(limit)).as("limit " + limit).hasSize(37).doesNotHaveDuplicates();
        }
    }

    /** Kubo's walk and stop rule: a page that is empty while the count before it promised more is an error. */
    private List<String> kuboWalk(int limit) {
        List<String> ids = new ArrayList<>();
        String before = "";
        while (true) {
            JsonNode page = client.get(ANY + "&limit=" + limit + before).json();
            int results = page.get("results").size();
            int count = page.get("count").asInt();
            if (results == 0) {
                assertThat(count).as("no results, so nothing may be counted").isZero();
                return ids;
            }
            page.get("results").forEach(pin -> ids.add(pin.get("requestid").asText()));
            before = "&before="
                    + page.get("results").get(results - 1).get("created").asText();
            if (results == count) {
                return ids;
            }
            assertThat(count).isGreaterThan(results);
        }
    }

    // Filters

    @Test
    void names_match_as_asked_beyond_ascii_and_without_wildcards() {
        List<String> names = List.of(
                "Straße",
                "STRASSE",
                "ΟΔΟΣ",
                "οδος",
                "İstanbul",
                "100%",
                "100x",
                "a_b",
                "axb",
                ".*",
                "back\\slash",
                "e\u0301",
                "é",
                "Ärger");
        names.forEach(name -> client.pin(Client.body(Client.cid(name), name)));
        assertThat(byName("Straße", "exact")).containsExactly("Straße");
        assertThat(byName("strasse", "exact")).isEmpty();
        assertThat(byName("strasse", "iexact")).containsExactlyInAnyOrder("Straße", "STRASSE");
        assertThat(byName("οδοσ", "iexact")).containsExactlyInAnyOrder("ΟΔΟΣ", "οδος");
        assertThat(byName("ärg", "ipartial")).containsExactly("Ärger");
        assertThat(byName("ÄRG", "partial")).isEmpty();
        assertThat(byName("i\u0307STAN", "ipartial")).containsExactly("İstanbul");
        assertThat(byName("%", "partial")).containsExactly("100%");
        assertThat(byName("100%", "ipartial")).containsExactly("100%");
        assertThat(byName("_", "partial")).containsExactly("a_b");
        assertThat(byName("A_B", "ipartial")).containsExactly("a_b");
        assertThat(byName(".*", "ipartial")).containsExactly(".*");
        assertThat(byName("\\", "partial")).containsExactly("back\\slash");
        assertThat(byName("K\\S", "ipartial")).containsExactly("back\\slash");
        assertThat(byName("é", "exact")).containsExactly("é");
        assertThat(byName("e\u0301", "exact")).containsExactly("e\u0301");
        assertThat(client.names("")).hasSize(names.size());
    }

    private List<String> byName(String name, String match) {
        return client.names("name=" + Client.url(name) + "&match=" + match);
    }

    @Test
    void a_name_filter_without_a_status_finds_pins_in_every_state_and_other_lists_show_pinned_ones() {
        client.pin(simple("waiting"));
        assertThat(client.get("/pins?name=waiting").json().get("count").asInt()).isEqualTo(1);
        assertThat(client.get("/pins").json().get("count").asInt()).isZero();
        assertThat(client.get("/pins?cid=" + Client.cid("waiting"))
                        .json()
                        .get("count")
                        .asInt())
                .isZero();
        assertThat(client.get("/pins?status=queued,pinning,failed")
                        .json()
                        .get("count")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void meta_is_matched_by_all_its_pairs_in_each_of_the_three_ways_clients_write_it() {
        client.pin("{\"cid\":\"" + Client.cid("m1") + "\",\"name\":\"one\",\"meta\":{\"app\":\"x\",\"env\":\"prod\"}}");
        client.pin("{\"cid\":\"" + Client.cid("m2") + "\",\"name\":\"two\",\"meta\":{\"app\":\"x\"}}");
        client.pin("{\"cid\":\"" + Client.cid("m3") + "\",\"name\":\"three\",\"meta\":{\"App\":\"x\",\"env\":\"\"}}");
        for (String app : List.of(
                "meta=" + Client.url("{\"app\":\"x\"}"),
                "meta[app]=x",
                "meta%5Bapp%5D=x",
                "meta=" + Client.url("map[app:x]"))) {
            assertThat(client.names(app.replace("[", "%5B").replace("]", "%5D")))
                    .as(app)
                    .containsExactly("two", "one");
        }
        for (String both : List.of(
                "meta=" + Client.url("{\"app\":\"x\",\"env\":\"prod\"}"),
                "meta%5Bapp%5D=x&meta%5Benv%5D=prod",
                "meta=" + Client.url("map[app:x env:prod]"))) {
            assertThat(client.names(both)).as(both).containsExactly("one");
        }
        assertThat(client.names("meta%5BApp%5D=x")).containsExactly("three");
        assertThat(client.names("meta%5Benv%5D=")).containsExactly("three");
        assertThat(client.names("meta=" + Client.url("{}"))).hasSize(3);
        assertThat(client.names("meta%5Bapp%5D=y")).isEmpty();
    }

    @Test
    void cids_are_found_however_they_are_written_and_filters_narrow_each_other() {
        String v0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG";
        String v1 = dev.pinfold.content.Cid.parse(v0).canonical();
        client.pin(Client.body(v0, "as v0"));
        client.pin(Client.body(v1, "as v1"));
        client.pin(simple("other"));
        assertThat(client.names("cid=" + v1)).containsExactly("as v1", "as v0");
        assertThat(client.names("cid=" + v0 + "," + Client.cid("other"))).hasSize(3);
        assertThat(client.names("cid=" + v0 + "&cid=" + Client.cid("other"))).hasSize(3);
        assertThat(client.names("cid=" + v0 + "%2C" + Client.cid("other"))).hasSize(3);
        assertThat(client.names("cid=" + v0 + "&name=as&match=partial")).hasSize(2);
        assertThat(client.names("cid=" + v0 + "&name=other")).isEmpty();
        assertThat(client.fields("name=as+v0", "cid")).containsExactly(v0);
    }

    // The web

    @Test
    void a_web_page_may_ask_before_it_has_a_token() {
        Client anonymous = new Client(broker.endpoint(), "");
        for (String method : List.of("GET", "POST", "DELETE")) {
            Answer preflight = anonymous.send(
                    "OPTIONS",
                    "/pins/some-id",
                    null,
                    "Origin",
                    "https://app.example",
                    "Access-Control-Request-Method",
                    method,
                    "Access-Control-Request-Headers",
                    "authorization,content-type,idempotency-key");
            assertThat(preflight.status()).isBetween(200, 204);
            assertThat(preflight.header("access-control-allow-origin")).isIn("*", "https://app.example");
            assertThat(preflight.header("access-control-allow-methods")).contains(method);
            assertThat(preflight.header("access-control-allow-headers").toLowerCase(java.util.Locale.ROOT))
                    .contains("authorization", "content-type", "idempotency-key");
        }
        Answer refused = anonymous.send("GET", "/pins", null, "Origin", "https://app.example");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("access-control-allow-origin")).isIn("*", "https://app.example");
        assertThat(refused.header("access-control-expose-headers").toLowerCase(java.util.Locale.ROOT))
                .contains("retry-after", "x-ratelimit-reset");
    }
}
