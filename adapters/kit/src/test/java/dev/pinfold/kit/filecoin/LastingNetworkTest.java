package dev.pinfold.kit.filecoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that is started again in the same folder goes on where it was, however it ended. */
class LastingNetworkTest {
    @TempDir
    Path folder;

    private static SimulatedNetwork start(Path where) {
        return SimulatedNetwork.builder().lasting(where).start();
    }

    /** What a killed process leaves behind is what was on the disk while it ran. */
    private Path copyOf(Path running, String name) throws Exception {
        Path copy = folder.resolve(name);
        try (var files = Files.walk(running)) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(running.relativize(each).toString()));
            }
        }
        return copy;
    }

    @Test
    void deals_money_and_pieces_survive_a_kill_at_any_stage() throws Exception {
        Path first = folder.resolve("first");
        UUID uuid = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        try (Origin origin = new Origin(12, 60)) {
            Path early;
            Path late;
            try (SimulatedNetwork network = start(first)) {
                Mk12Client client = new Mk12Client(network, origin);
                client.addBalance(SimulatedNetwork.FIL);
                network.provider(0).stallAt(Stage.ACCEPTED);
                assertThat(client.propose(network.provider(0), uuid)).isEmpty();
                early = copyOf(first, "early");
                network.provider(0).release();
                network.advance(400);
                assertThat(network.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.ACTIVE);
                late = copyOf(first, "late");
            }
            try (SimulatedNetwork again = start(late)) {
                assertThat(again.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.ACTIVE);
                assertThat(again.chain().head()).isGreaterThan(SimulatedChain.FIRST_HEAD + 400);
                assertThat(again.locked(again.node().wallet())).isGreaterThan(BigInteger.ZERO);
                String sp = again.provider(0).endpoint().toString();
                assertThat(Client.get(sp + "/piece/" + origin.piece.cidV2()).body())
                        .isEqualTo(origin.car);
                assertThat(Client.get(sp + "/ipfs/" + origin.dag.root() + "?format=car")
                                .statusCode())
                        .isEqualTo(200);
                assertThat(new Mk12Client(again, origin).propose(again.provider(0), uuid))
                        .contains("already exists");
            }
            try (SimulatedNetwork again = start(early)) {
                // A transfer that was under way begins again at the first epoch.
                again.advance(1);
                again.advance(400);
                assertThat(again.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.ACTIVE);
            }
        }
    }

    @Test
    void a_transfer_whose_client_is_away_is_tried_again() throws Exception {
        UUID uuid = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        try (Origin origin = new Origin(12, 60);
                SimulatedNetwork network = start(folder.resolve("away"))) {
            Mk12Client client = new Mk12Client(network, origin);
            client.addBalance(SimulatedNetwork.FIL);
            // More often than one fetch by itself goes on.
            origin.breakOff(8);
            assertThat(client.propose(network.provider(0), uuid)).isEmpty();
            network.chain()
                    .locked(() -> network.chain()
                            .awaitFor(() -> !network.provider(0).desk().moving(), java.time.Duration.ofMinutes(1)));
            for (int epoch = 0; epoch < 400; epoch++) {
                network.advance(1);
            }
            assertThat(network.provider(0).deal(uuid.toString()).stage()).isEqualTo(Stage.ACTIVE);
        }
    }

    @Test
    void a_folder_of_another_version_and_old_nodes_are_refused() throws Exception {
        Files.writeString(folder.resolve("network.json"), "{\"format\":99}");
        assertThatThrownBy(() -> start(folder)).hasMessageContaining("another version");
        assertThatThrownBy(() -> SimulatedNetwork.builder()
                        .nodes(LotusAge.V1_5)
                        .lasting(folder.resolve("old"))
                        .start())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
