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
            findings.add(policy(client.get("/api/v1/policies")));
            providers.forEach(provider -> findings.add(provider(provider)));
            return findings;
        } catch (CliException e) {
            if (e.exit() == Exit.UNREACHABLE) {
                return List.of(Finding.ok("broker", "does not run now"));
            }
            return List.of(Finding.fail("broker", e.text(), "start it again: that renews client.json"));
        }
    }

    private static Finding policy(JsonNode policies) {
        String inForce = "revision " + policies.path("inForce").path("revision").asText() + " is in force";
        JsonNode file = policies.path("file");
        if (!file.path("state").asText().equals("refused")) {
            return Finding.ok("policy", inForce);
        }
        JsonNode problem = file.path("problems").path(0);
        return Finding.fail(
                "policy",
                inForce + "; the file is not followed: " + problem.path("file").asText() + ":"
                        + problem.path("line").asText() + ":"
                        + problem.path("column").asText() + ": "
                        + problem.path("message").asText(),
                "correct the file: it is read again at once");
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
