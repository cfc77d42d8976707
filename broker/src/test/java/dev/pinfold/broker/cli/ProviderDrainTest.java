package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.flow.BrokerUnderTest;
import dev.pinfold.broker.flow.Eventually;
import dev.pinfold.broker.flow.PinClient;
import dev.pinfold.kit.Dag;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drain from the command line, to its certificate. */
class ProviderDrainTest {
    @TempDir
    Path folder;

    @Test
    void a_drain_ends_with_a_certificate_that_stays_readable_when_the_provider_is_used_again() throws IOException {
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .local("dying", "price: {storagePerGiBMonth: 0.01}")
                .local("sound", "price: {storagePerGiBMonth: 0.02}")
                .start()) {
            PinClient client = broker.client();
            ClientFile.write(folder, URI.create(broker.endpoint()), client.token());
            List<Dag> dags = List.of(Dag.file(1, 3, 1_000), Dag.file(2, 5, 2_000), Dag.file(3, 2, 500));
            List<String> ids = dags.stream().map(client::upload).toList();
            ids.forEach(id -> client.awaitReplicas(id, "verified", 1));
            assertThat(client.providersIn(ids.getFirst(), "verified")).containsExactly("dying");

            assertThat(Ran.at(folder, "provider", "drain", "dying", "--status").code())
                    .as("it is not being left")
                    .isEqualTo(1);
            assertThat(Ran.at(folder, "provider", "drain", "dying", "--status", "--follow")
                            .code())
                    .isEqualTo(2);
            Ran drained = Ran.at(
                    folder,
                    "provider",
                    "drain",
                    "dying",
                    "--by",
                    "2099-01-01T00:00:00Z",
                    "--reason",
                    "it ends",
                    "--follow");
            assertThat(drained.code()).as(drained.err()).isZero();
            JsonNode end = Eventually.see(
                            "the certificate",
                            PinClient.PATIENCE,
                            () -> client.expect(200, "GET", "/api/v1/drains/dying/certificates", null)
                                    .json()
                                    .path("certificates"),
                            all -> !all.isEmpty())
                    .get(0);
            long bytes = dags.stream().mapToLong(Dag::sizeBytes).sum();
            assertThat(end.path("by").asText()).isEqualTo("test");
            assertThat(end.path("reason").asText()).isEqualTo("it ends");
            assertThat(end.path("movedCopies").asInt()).isEqualTo(3);
            assertThat(end.path("movedBytes").asLong()).isEqualTo(bytes);
            assertThat(end.path("movedOfUnknownSize").asInt()).isZero();
            assertThat(end.path("releasedCopies").asInt()).isZero();
            assertThat(end.path("inTime").asBoolean()).isTrue();

            assertThat(Ran.at(folder, "provider", "uncordon", "dying").code()).isZero();
            Ran wrong = Ran.at(folder, "provider", "drain", "dying", "--by", "yesterday");
            assertThat(wrong.code()).isEqualTo(2);
            assertThat(wrong.err()).contains("--by must be an instant").contains("'yesterday'");
            Ran status = Ran.at(folder, "provider", "drain", "dying", "--status");
            assertThat(status.code()).isZero();
            assertThat(status.out())
                    .contains("dying: left at", "in time", "as test began at", "(it ends)", "3 copies with")
                    .contains("0 released that nobody wanted, nothing left");
            JsonNode json = Ran.at(folder, "provider", "drain", "dying", "--status", "--json")
                    .json();
            assertThat(json.path("drain").isNull()).isTrue();
            assertThat(json.path("certificates").get(0)).isEqualTo(end);
        }
    }
}
