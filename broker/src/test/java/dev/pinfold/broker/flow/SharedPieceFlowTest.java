package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.filecoin.DealTruth;
import dev.pinfold.kit.filecoin.SimulatedNetwork;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shares a piece with what, and when that is changed. */
class SharedPieceFlowTest {
    @TempDir
    Path folder;

    private static JsonNode get(ColdWorld world, String path) {
        return world.broker.client().expect(200, "GET", path, null).json();
    }

    private static boolean active(ColdWorld world, String pin) {
        return world.broker.client().info(pin, "pinfold_cold").equals("2 of 2 deals active");
    }

    private static String piece(ColdWorld world, String pin) {
        return world.broker.client().info(pin, "pinfold_piece_cid");
    }

    @Test
    void a_piece_that_is_mostly_waste_is_packed_anew_where_its_deals_would_be_renewed() {
        try (ColdWorld world = ColdWorld.in(folder)
                .mode("lotus-mk12")
                .aggregate("{minBytes: 1KiB, targetBytes: 205KiB, maxWait: 8s}")
                .deal("{duration: 180d, renew: {before: 150d}}")
                .start()) {
            String large = world.add(Dag.file(31, 25, 8_000));
            String small = world.add(Dag.file(32, 2, 8_000));
            world.advanceUntil("both are cold", 20, () -> active(world, large) && active(world, small));
            String old = piece(world, small);
            assertThat(piece(world, large)).isEqualTo(old);
            long size = get(world, "/api/v1/pieces").at("/pieces/0/paddedBytes").asLong();

            world.broker.client().delete(large);
            Eventually.holds(
                    "its bytes are waste",
                    ColdWorld.PATIENCE,
                    () -> get(world, "/api/v1/pieces").at("/pieces/0/removed").asInt() == 1);
            world.advanceUntil(
                    "its deals are about to end",
                    2_000,
                    () -> get(world, "/api/v1/deals?state=ending").path("deals").size() == 2);
            world.advanceUntil(
                    "what is wanted is in another piece",
                    20,
                    () -> active(world, small) && !piece(world, small).equals(old));

            Eventually.holds(
                    "the old piece goes",
                    ColdWorld.PATIENCE,
                    () -> get(world, "/api/v1/pieces").path("pieces").size() == 1);
            JsonNode left = get(world, "/api/v1/pieces").at("/pieces/0");
            assertThat(left.path("pieceCid").asText()).isEqualTo(piece(world, small));
            assertThat(left.path("paddedBytes").asLong()).isLessThan(size);
            assertThat(world.truth())
                    .as("two for the old piece, two for the new one")
                    .hasSize(4);
            assertThat(world.network.doubleProposals()).isEmpty();
        }
    }

    @Test
    void a_pin_that_narrows_where_its_data_may_lie_shares_no_piece_and_no_storage_provider_elsewhere_has_it() {
        try (ColdWorld world = ColdWorld.in(folder)
                .network(SimulatedNetwork.builder().providers("US", "US", "US", "US", "DE", "FR"))
                .mode("lotus-mk12")
                .aggregate("{minBytes: 1KiB, targetBytes: 1MiB, maxWait: 3s}")
                .rule("{name: everything, match: {}, class: archive, allowMeta: {pinfold.residency: [EU]}}")
                .setting("jurisdictions", "\"f01004=EU f01005=EU\"")
                .start()) {
            String anywhere = world.add(Dag.file(33, 2, 8_000));
            Dag narrow = Dag.file(34, 2, 8_000);
            world.broker.client().uploadUnpinned(narrow.car());
            String european = world.broker
                    .client()
                    .expect(
                            202,
                            "POST",
                            "/pins",
                            "{\"cid\":\"" + narrow.root() + "\",\"meta\":{\"pinfold.residency\":\"EU\"}}")
                    .json()
                    .path("requestid")
                    .asText();
            world.advanceUntil("both are cold", 20, () -> active(world, anywhere) && active(world, european));
            assertThat(piece(world, european)).isNotEqualTo(piece(world, anywhere));
            Set<String> holders = new HashSet<>();
            get(world, "/api/v1/deals?pin=" + european)
                    .path("deals")
                    .forEach(deal -> holders.add(deal.path("provider").asText()));
            assertThat(holders).containsExactlyInAnyOrder("f01004", "f01005");
            assertThat(world.truth()).extracting(DealTruth::provider).hasSize(4);
        }
    }
}
