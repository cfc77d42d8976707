package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.GatewayManner;
import dev.pinfold.kit.ScriptedPsa;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A provider that says {@code pinned} and does not serve the content is never counted as verified (I2). */
class LyingProviderFlowTest {
    @TempDir
    Path folder;

    private final Companies companies = new Companies();
    private final ScriptedPsa liar = companies.open("liar");

    @org.junit.jupiter.api.AfterEach
    void stop() {
        companies.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = GatewayManner.class,
            names = {"SERVES_NOTHING", "SERVES_WRONG_BYTES", "SERVES_HTML", "BREAKS_OFF"})
    void a_pin_at_a_liar_alone_is_never_shown_as_pinned(GatewayManner manner) {
        liar.gatewayManner(manner);
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder).upstream(liar).start()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            Eventually.holds(
                    "the claim was put to the test",
                    PinClient.PATIENCE,
                    () -> client.events(id).contains("replica.claimed liar")
                            && !client.replica(id, "liar").path("failure").isNull());
            Eventually.alwaysFor("the pin is not pinned, the copy not verified", Duration.ofSeconds(2), () -> {
                JsonNode copy = client.replica(id, "liar");
                return !client.status(id).equals("pinned")
                        && !copy.get("state").textValue().equals("verified")
                        && copy.get("verifiedAt").isNull();
            });
            assertThat(client.events(id)).doesNotContain("replica.verified liar", "pin.pinned");
            assertThat(client.info(id, "pinfold_verified")).isEqualTo("0");
            assertThat(client.info(id, "status_details")).contains("liar");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = GatewayManner.class,
            names = {"SERVES_NOTHING", "SERVES_WRONG_BYTES"})
    void the_placement_tells_what_the_liar_served_instead(GatewayManner manner) {
        liar.gatewayManner(manner);
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder).upstream(liar).start()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            JsonNode copy = Eventually.see(
                    "evidence",
                    PinClient.PATIENCE,
                    () -> client.replica(id, "liar"),
                    c -> !c.path("evidence").asText("").isEmpty());
            assertThat(copy.get("evidence").textValue())
                    .contains(dag.root().canonical())
                    .contains(manner == GatewayManner.SERVES_NOTHING ? "does not serve" : "wrong bytes");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = GatewayManner.class,
            names = {"SERVES_NOTHING", "SERVES_WRONG_BYTES", "SERVES_HTML"})
    void the_copy_is_made_at_an_honest_provider_instead_and_the_liar_is_let_go(GatewayManner manner) {
        liar.gatewayManner(manner);
        ScriptedPsa honest = companies.open("honest");
        Dag dag = companies.offered();
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder)
                .upstream(liar, "price: {storagePerGiBMonth: 0.01}")
                .upstream(honest, "price: {storagePerGiBMonth: 9}")
                .start()) {
            PinClient client = broker.client();
            String id = client.pin(dag.root());
            client.awaitStatus(id, "pinned");
            assertThat(honest.pinsOf(dag.root())).hasSize(1);
            assertThat(client.providersIn(id, "verified")).isEqualTo(List.of("honest"));
            assertThat(liar.everCreated()).hasSize(1);
            Eventually.holds(
                    "the liar holds nothing of ours",
                    PinClient.PATIENCE,
                    () -> liar.pins().isEmpty());
        }
    }
}
