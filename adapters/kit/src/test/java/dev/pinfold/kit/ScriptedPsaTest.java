package dev.pinfold.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptedPsaTest {
    private static final String ALL = "status=queued,pinning,pinned,failed";

    private final ScriptedPsa psa = ScriptedPsa.start();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @AfterEach
    void close() {
        http.shutdownNow();
        psa.close();
    }

    @Test
    void a_pin_is_made_seen_listed_and_removed() throws Exception {
        Cid root = Dag.text("one").root();
        HttpResponse<String> made = add(root, "first");
        assertThat(made.statusCode()).isEqualTo(202);
        String id = new JsonObject(made.body()).getString("requestid");
        assertThat(psa.pins()).singleElement().satisfies(pin -> {
            assertThat(pin.requestId()).isEqualTo(id);
            assertThat(pin.name()).isEqualTo("first");
        });
        assertThat(new JsonObject(get("/pins/" + id).body()).getString("status"))
                .isEqualTo("pinned");
        assertThat(list("?cid=" + root)).hasSize(1);
        assertThat(delete(id).statusCode()).isEqualTo(202);
        assertThat(delete(id).statusCode()).isEqualTo(404);
        assertThat(psa.pins()).isEmpty();
        assertThat(psa.everCreated())
                .singleElement()
                .satisfies(pin -> assertThat(pin.removed()).isTrue());
        assertThat(psa.calls().count(PsaOperation.DELETE, 404)).isEqualTo(1);
    }

    @Test
    void a_replaced_pin_has_a_new_id_and_the_old_one_is_gone() throws Exception {
        String old = psa.plant(Dag.text("old").root(), "n", Map.of());
        HttpResponse<String> replaced =
                send("POST", "/pins/" + old, body(Dag.text("new").root(), "n"));
        assertThat(replaced.statusCode()).isEqualTo(202);
        assertThat(new JsonObject(replaced.body()).getString("requestid")).isNotEqualTo(old);
        assertThat(get("/pins/" + old).statusCode()).isEqualTo(404);
        assertThat(psa.pins()).hasSize(1);
    }

    @Test
    void a_reply_lost_after_accepting_leaves_a_pin_and_one_lost_before_leaves_none() {
        psa.faults().next(PsaOperation.ADD, 1, PsaFault.resetAfterAccepting());
        assertThatThrownBy(() -> add(Dag.text("a").root(), "a"))
                .isInstanceOf(IOException.class)
                .hasStackTraceContaining("reset");
        assertThat(psa.pins()).hasSize(1);
        psa.faults().next(PsaOperation.ADD, 1, PsaFault.resetBeforeAccepting());
        assertThatThrownBy(() -> add(Dag.text("b").root(), "b")).isInstanceOf(IOException.class);
        assertThat(psa.pins()).hasSize(1);
        assertThat(psa.calls().count(PsaOperation.ADD, 0)).isEqualTo(2);
    }

    @Test
    void while_down_connections_are_refused_and_the_state_outlives_it() throws Exception {
        add(Dag.text("kept").root(), "kept");
        psa.down();
        assertThatThrownBy(() -> add(Dag.text("lost").root(), "lost")).isInstanceOf(ConnectException.class);
        psa.up();
        assertThat(list("?" + ALL)).hasSize(1);
    }

    @Test
    void a_hanging_call_has_arrived_and_ends_only_by_its_client() throws Exception {
        psa.faults().always(PsaOperation.ADD, PsaFault.hangAfterAccepting());
        Future<HttpResponse<String>> hanging =
                http.sendAsync(request("POST", "/pins", body(Dag.text("h").root(), "h")), BodyHandlers.ofString());
        psa.calls().awaitArrivals(PsaOperation.ADD, 1, Duration.ofSeconds(10));
        // The server does one thing after the other: what is asked next is answered when the first call took effect.
        assertThat(list("?" + ALL)).hasSize(1);
        assertThat(hanging.isDone()).isFalse();
        hanging.cancel(true);
        assertThat(psa.pins()).hasSize(1);
    }

    @Test
    void a_rate_limit_lets_so_many_pass_in_a_second() throws Exception {
        psa.limitTo(3, RateLimitStyle.RETRY_AFTER);
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            HttpResponse<String> answer = get("/pins");
            if (answer.statusCode() == 429) {
                refused++;
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            }
        }
        assertThat(refused).isPositive();
        assertThat(psa.calls().countStatus(429)).isEqualTo(refused);
        psa.limitNothing();
        assertThat(get("/pins").statusCode()).isEqualTo(200);
    }

    @Test
    void each_company_writes_as_its_quirks_say() throws Exception {
        psa.quirks(Company.WEB3_STORAGE.quirks());
        JsonObject made = new JsonObject(add(Dag.text("w").root(), "w").body());
        assertThat(made.getString("requestId")).isNotEmpty();
        assertThat(made.containsKey("requestid")).isFalse();
        assertThat(made.getString("created")).endsWith("+00:00");
        assertThat(made.getValue("delegates")).isNull();
        assertThat(get("/pins").statusCode()).isEqualTo(400);
        psa.quirks(Company.FILECOIN_PIN.quirks());
        assertThat(list("?" + ALL)).isEmpty();
        assertThat(list("?status=pinned")).hasSize(1);
        psa.quirks(Set.of(Quirk.REFUSES_ORIGINS));
        JsonObject order = new JsonObject(body(Dag.text("o").root(), "o"))
                .put("origins", new JsonArray().add("/ip4/192.0.2.1/tcp/4001/p2p/12D3KooW"));
        HttpResponse<String> refused = send("POST", "/pins", order.encode());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("INVALID_ORIGINS");
    }

    @Test
    void a_walk_by_before_shows_every_pin_once_and_the_count_is_exact() throws Exception {
        for (int i = 0; i < 57; i++) {
            psa.plant(Dag.text("walk " + i).root(), "p" + i, Map.of());
        }
        Set<String> seen = new HashSet<>();
        String before = "";
        for (int left = 57; left > 0; ) {
            JsonObject page =
                    new JsonObject(get("/pins?limit=10&" + ALL + before).body());
            assertThat(page.getInteger("count")).isEqualTo(left);
            JsonArray results = page.getJsonArray("results");
            results.forEach(pin -> assertThat(seen.add(((JsonObject) pin).getString("requestid")))
                    .isTrue());
            left -= results.size();
            before = "&before=" + results.getJsonObject(results.size() - 1).getString("created");
        }
        assertThat(seen).hasSize(57);
    }

    @Test
    void lists_lag_behind_while_ids_are_known_at_once() throws Exception {
        psa.listLag(Duration.ofHours(1));
        String id = new JsonObject(add(Dag.text("lag").root(), "lag").body()).getString("requestid");
        assertThat(list("?" + ALL)).isEmpty();
        assertThat(get("/pins/" + id).statusCode()).isEqualTo(200);
        psa.listLag(Duration.ZERO);
        assertThat(list("?" + ALL)).hasSize(1);
    }

    @Test
    void states_go_on_with_every_look_or_wait_for_the_content() throws Exception {
        psa.progress(new Progress.AfterLooks(4));
        String id = psa.plant(Dag.text("slow").root(), null, Map.of());
        List<String> states = IntStream.range(0, 4).mapToObj(i -> state(id)).toList();
        assertThat(states).containsExactly("queued", "queued", "pinning", "pinned");
        psa.progress(new Progress.WhenOffered());
        Dag late = Dag.text("late");
        String waiting = psa.plant(late.root(), null, Map.of());
        assertThat(state(waiting)).isEqualTo("pinning");
        psa.network().offer(late);
        assertThat(state(waiting)).isEqualTo("pinned");
    }

    @Test
    void the_gateway_serves_what_is_pinned_and_lies_only_when_told() throws Exception {
        Dag file = Dag.file(7, 3, 1000);
        psa.network().offer(file);
        Cid leaf = file.blocks().get(2).cid();
        assertThat(content(leaf, "raw").statusCode()).isEqualTo(404);
        psa.plant(file.root(), null, Map.of());
        assertThat(content(leaf, "raw").body()).isEqualTo(file.blocks().get(2).bytes());
        assertThat(content(file.root(), "car").body()).isEqualTo(file.car());
        psa.gatewayManner(GatewayManner.SERVES_WRONG_BYTES);
        byte[] wrong = content(leaf, "raw").body();
        assertThat(Cid.of(Codec.RAW, wrong)).isNotEqualTo(leaf);
        psa.gatewayManner(GatewayManner.SERVES_NOTHING);
        assertThat(content(leaf, "raw").statusCode()).isEqualTo(404);
    }

    @Test
    void an_endless_answer_does_not_harm_other_calls() throws Exception {
        psa.faults().next(PsaOperation.LIST, 1, new PsaFault.Endless(false));
        HttpResponse<java.io.InputStream> endless =
                http.send(request("GET", "/pins", null), BodyHandlers.ofInputStream());
        try (var in = endless.body()) {
            assertThat(in.readNBytes(3_000_000)).hasSize(3_000_000);
            assertThat(get("/pins").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void it_carries_load_and_its_chances_are_seeded() throws Exception {
        psa.faults().sometimes(PsaOperation.ADD, 0.1, PsaFault.status(503, "BUSY"));
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            List<Future<Integer>> all = threads.invokeAll(IntStream.range(0, 3_000)
                    .mapToObj(i -> (java.util.concurrent.Callable<Integer>)
                            () -> add(Dag.text("load " + i).root(), "l" + i).statusCode())
                    .toList());
            long refused = all.stream().filter(each -> status(each) == 503).count();
            assertThat(psa.pins()).hasSize((int) (3_000 - refused));
            assertThat(refused).isBetween(200L, 400L);
        }
        System.out.printf("3000 pins in %d ms%n", (System.nanoTime() - began) / 1_000_000);
    }

    private static int status(Future<Integer> future) {
        try {
            return future.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private String state(String id) {
        try {
            return new JsonObject(get("/pins/" + id).body()).getString("status");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<?> list(String query) throws IOException, InterruptedException {
        return new JsonObject(get("/pins" + query).body())
                .getJsonArray("results")
                .getList();
    }

    private HttpResponse<String> add(Cid root, String name) throws IOException, InterruptedException {
        return send("POST", "/pins", body(root, name));
    }

    private static String body(Cid root, String name) {
        return new JsonObject().put("cid", root.toString()).put("name", name).encode();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, null);
    }

    private HttpResponse<String> delete(String id) throws IOException, InterruptedException {
        return send("DELETE", "/pins/" + URLEncoder.encode(id, StandardCharsets.UTF_8), null);
    }

    private HttpResponse<byte[]> content(Cid cid, String format) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(psa.gateway() + "/ipfs/" + cid + "?format=" + format))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> send(String method, String path, @org.jspecify.annotations.Nullable String body)
            throws IOException, InterruptedException {
        return http.send(request(method, path, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String method, String path, @org.jspecify.annotations.Nullable String body) {
        return HttpRequest.newBuilder(URI.create(psa.endpoint() + path))
                .header("Authorization", "Bearer " + psa.token())
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
    }
}
