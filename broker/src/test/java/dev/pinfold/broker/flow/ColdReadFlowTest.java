package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.cold.ReceiptCheck;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.CallFault;
import dev.pinfold.kit.filecoin.SimulatedProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was stored by deals comes back when nothing else is left, and receipts prove where it is. */
class ColdReadFlowTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private final Dag file = Dag.file(11, 140, 8_000);

    private static void empty(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                // The marker stays: without it a store is taken for a disk that is not there, and left alone.
                if (Files.isRegularFile(each) && !each.endsWith("pinfold-store")) {
                    Files.delete(each);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops the broker, loses every copy on its disk, and starts it again. */
    private static void loseAllButTheDeals(ColdWorld world) {
        world.broker.stop();
        Path data = world.broker.config().dataDirectory();
        for (String each : List.of("stores", "pieces", "staging", "cache")) {
            empty(data.resolve(each));
        }
        world.broker.start();
    }

    private String storedTwice(ColdWorld world) {
        String pin = world.add(file);
        world.advanceUntil("two deals are active", 20, () -> world.active().size() == 2);
        world.advanceUntil(
                "the broker knows it",
                20,
                () -> world.broker
                                .client()
                                .expect(200, "GET", "/api/v1/deals?state=active&pin=" + pin, null)
                                .json()
                                .path("deals")
                                .size()
                        == 2);
        return pin;
    }

    private static void hotAgain(ColdWorld world, String pin) {
        Eventually.holds(
                "the loss is noticed",
                ColdWorld.PATIENCE,
                () -> world.broker.client().events(pin).contains("replica.lost hot"));
        Eventually.holds(
                "it is hot again",
                ColdWorld.PATIENCE,
                () -> world.broker.client().providersIn(pin, "verified").contains("hot"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lotus-mk12", "lotus-mk20"})
    void a_file_whose_every_other_copy_is_lost_comes_back_from_storage_providers_and_is_hot_again(String mode) {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(ColdWorld.networkFor(mode))
                .mode(mode)
                .start()) {
            String pin = storedTwice(world);
            loseAllButTheDeals(world);
            hotAgain(world, pin);
            assertThat(Dag.readCar(world.broker.client().car(file.root())).blocks())
                    .containsExactlyInAnyOrderElementsOf(file.blocks());
        }
    }

    /** The storage providers' gateways do not have it, so that the content is read as a range of its piece. */
    @Test
    void a_file_comes_back_as_the_range_of_a_piece_where_no_gateway_has_it() {
        try (ColdWorld world = ColdWorld.in(folder).mode("lotus-mk12").start()) {
            String pin = storedTwice(world);
            world.network.providers().forEach(sp -> sp.calls().always("ipfs", new CallFault.Answer(404, "not here")));
            loseAllButTheDeals(world);
            hotAgain(world, pin);
            assertThat(Dag.readCar(world.broker.client().car(file.root())).blocks())
                    .containsExactlyInAnyOrderElementsOf(file.blocks());
            assertThat(asked(world, "ipfs")).isPositive();
            assertThat(asked(world, "piece")).isPositive();
        }
    }

    /** A node of old gave the CAR away as an opaque file: storage providers serve nothing of it but through the node. */
    @Test
    void a_file_comes_back_through_a_legacy_node_where_storage_providers_serve_neither_block_nor_piece() {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(ColdWorld.networkFor("lotus-legacy"))
                .mode("lotus-legacy")
                .start()) {
            String pin = storedTwice(world);
            loseAllButTheDeals(world);
            hotAgain(world, pin);
            assertThat(Dag.readCar(world.broker.client().car(file.root())).blocks())
                    .containsExactlyInAnyOrderElementsOf(file.blocks());
            assertThat(world.network.node().calls().count("ClientRetrieve")).isPositive();
            assertThat(world.network.node().calls().count("rest/export")).isPositive();
        }
    }

    private static int asked(ColdWorld world, String call) {
        return world.network.providers().stream()
                .mapToInt(sp -> sp.calls().count(call))
                .sum();
    }

    @Test
    void a_storage_provider_that_lies_is_refused_by_hash_and_another_takes_over() {
        try (ColdWorld world = ColdWorld.in(folder).mode("lotus-mk12").start()) {
            String pin = storedTwice(world);
            String liar = world.active().getFirst().provider().toString();
            SimulatedProvider lying = world.network.providers().stream()
                    .filter(each -> each.address().toString().equals(liar))
                    .findFirst()
                    .orElseThrow();
            lying.serveWrongBytes(true);
            loseAllButTheDeals(world);
            hotAgain(world, pin);
            assertThat(Dag.readCar(world.broker.client().car(file.root())).blocks())
                    .containsExactlyInAnyOrderElementsOf(file.blocks());
            assertThat(lying.calls().count("ipfs")).isPositive();
        }
    }

    @Test
    void receipts_hold_and_the_bytes_of_any_storage_provider_prove_the_whole_content() throws Exception {
        try (ColdWorld world = ColdWorld.in(folder).mode("lotus-mk12").start()) {
            String pin = storedTwice(world);
            JsonNode receipts = world.broker
                    .client()
                    .expect(200, "GET", "/api/v1/pins/" + pin + "/receipts", null)
                    .json()
                    .path("receipts");
            assertThat(receipts).hasSize(1);
            JsonNode receipt = receipts.get(0);
            byte[] document = receipt.toString().getBytes(StandardCharsets.UTF_8);
            assertThat(ReceiptCheck.check(document, null))
                    .anyMatch(line -> line.startsWith("block " + file.root() + " lies in piece"))
                    .anyMatch(line -> line.startsWith("SIMULATED"));
            assertThat(receipt.path("simulated").asBoolean()).isTrue();
            assertThat(receipt.path("deals")).hasSize(2);
            long offset = receipt.at("/inclusion/content/offset").asLong();
            long length = receipt.at("/inclusion/content/length").asLong();
            for (SimulatedProvider sp : world.network.providers()) {
                if (sp.deals().isEmpty()) {
                    continue;
                }
                HttpRequest request = HttpRequest.newBuilder(URI.create(sp.endpoint() + "/piece/"
                                + receipt.at("/piece/pieceCid").asText()))
                        .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
                        .build();
                HttpResponse<byte[]> range = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
                assertThat(range.statusCode()).isEqualTo(206);
                Path bytes = Files.write(folder.resolve("range.bin"), range.body());
                assertThat(ReceiptCheck.check(document, bytes)).anyMatch(line -> line.startsWith("all blocks below"));
            }
            byte[] changed = receipt.toString()
                    .replace("\"state\":\"active\"", "\"state\":\"ending\"")
                    .getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> ReceiptCheck.check(changed, null)).isInstanceOf(ReceiptCheck.Refused.class);
        }
    }

    @Test
    void deals_are_listed_in_pages_and_filtered_and_what_is_no_filter_is_refused() {
        try (ColdWorld world = ColdWorld.in(folder).mode("lotus-mk12").start()) {
            String pin = storedTwice(world);
            PinClient client = world.broker.client();
            JsonNode first =
                    client.expect(200, "GET", "/api/v1/deals?limit=1", null).json();
            assertThat(first.path("deals")).hasSize(1);
            JsonNode second = client.expect(
                            200,
                            "GET",
                            "/api/v1/deals?limit=1&before=" + first.path("next").asText(),
                            null)
                    .json();
            JsonNode one = second.path("deals").get(0);
            assertThat(one.path("id")).isNotEqualTo(first.path("deals").get(0).path("id"));
            assertThat(one.path("network").asText()).contains("SIMULATED");
            assertThat(client.expect(
                                    200,
                                    "GET",
                                    "/api/v1/deals/" + one.path("id").asText(),
                                    null)
                            .json()
                            .path("provider"))
                    .isEqualTo(one.path("provider"));
            assertThat(client.expect(
                                    200,
                                    "GET",
                                    "/api/v1/deals?provider="
                                            + one.path("provider").asText() + "&pin=" + pin,
                                    null)
                            .json()
                            .path("deals"))
                    .hasSize(1);
            for (String wrong : List.of("state=done", "piece=x", "pin=1", "before=x", "limit=0")) {
                client.expect(400, "GET", "/api/v1/deals?" + wrong, null);
            }
            client.expect(404, "GET", "/api/v1/deals/0193a1b2-0000-7000-8000-000000000000", null);
        }
    }
}
