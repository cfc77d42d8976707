package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.config.BrokerConfig;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} learns from the broker itself, when it runs. */
final class BrokerChecks {
    private final BrokerConfig config;

    BrokerChecks(BrokerConfig config) {
        this.config = config;
    }

    List<Finding> all() {
        if (!Files.exists(config.dataDirectory().resolve(ConnectionOptions.FILE))) {
            return List.of(Finding.ok("broker", "has not run with this data directory yet"));
        }
        ConnectionOptions options = new ConnectionOptions();
        options.data = config.dataDirectory();
        try (BrokerClient client = new BrokerClient(options.resolve())) {
            JsonNode providers = client.get("/api/v1/providers").path("providers");
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok("broker", "answers at " + client.endpoint()));
            providers.forEach(provider -> findings.add(provider(provider)));
            return findings;
        } catch (CliException e) {
            if (e.exit() == Exit.UNREACHABLE) {
                return List.of(Finding.ok("broker", "does not run now"));
            }
            return List.of(Finding.fail("broker", e.text(), "start it again: that renews client.json"));
        }
    }

    private static Finding provider(JsonNode provider) {
        String name = provider.path("id").asText();
        List<String> open = new ArrayList<>();
        provider.path("breakers").properties().forEach(entry -> {
            if (!entry.getValue().asText().equalsIgnoreCase("closed")) {
                open.add(entry.getKey());
            }
        });
        String text = name + " (" + provider.path("type").asText() + ") is "
                + provider.path("state").asText("active");
        return open.isEmpty()
                ? Finding.ok("provider", text)
                : Finding.warn(
                        "provider",
                        text + ", but " + String.join(", ", open) + " is failing",
                        "see 'pinfold provider show " + name + "'");
    }
}
