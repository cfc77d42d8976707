package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The group {@code pinfold token}: who may do what. */
@Command(
        name = "token",
        description = "Create, list and revoke access tokens.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TokenCommand.Create.class, TokenCommand.Ls.class, TokenCommand.Revoke.class},
        footer = {"", "Example:", "  pinfold token create --name ci --scope pins:read,pins:write"})
final class TokenCommand extends CommandGroup {
    private static final List<String> SCOPES = List.of("pins:read", "pins:write", "content:write", "operator");

    /** Makes a token; the only time it is shown. */
    @Command(
            name = "create",
            description = "Create a token; it is shown this once and never again.",
            footer = {"", "Example:", "  pinfold token create --name ci --scope pins:read,pins:write --max-pins 1000"})
    static final class Create extends ClientCommand {
        @Option(names = "--name", paramLabel = "NAME", required = true, description = "What it is for.")
        String name = "";

        @Option(names = "--tenant", paramLabel = "NAME", description = "Whose pins it sees (default: your own tenant).")
        @Nullable
        String tenant;

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                split = ",",
                description = "What it may do: pins:read, pins:write, content:write, operator"
                        + " (default: the first three); repeatable.")
        List<String> scopes = List.of("pins:read", "pins:write", "content:write");

        @Option(
                names = "--requests-per-second",
                paramLabel = "N",
                description = "Its rate limit (default: the broker's).")
        @Nullable
        Integer requestsPerSecond;

        @Option(
                names = "--max-pins",
                paramLabel = "N",
                description = "How many pins it may hold (default: the broker's).")
        @Nullable
        Long maxPins;

        @Override
        Exit run(BrokerClient client) {
            check();
            ObjectNode body = Json.object().put("name", name);
            if (tenant != null) {
                body.put("tenant", tenant);
            }
            scopes.forEach(body.putArray("scopes")::add);
            if (requestsPerSecond != null) {
                body.put("requestsPerSecond", requestsPerSecond);
            }
            if (maxPins != null) {
                body.put("maxPins", maxPins);
            }
            JsonNode token = client.post("/api/v1/tokens", body);
            if (json) {
                print(token);
            } else {
                out().println(token.path("token").asText());
                err().println("id " + token.path("id").asText() + "; this is the only time the token is shown");
            }
            return Exit.DONE;
        }

        private void check() {
            for (String scope : scopes) {
                if (!SCOPES.contains(scope)) {
                    throw new ParameterException(
                            spec.commandLine(), "--scope: '" + scope + "' is not one of " + String.join(", ", SCOPES));
                }
            }
            if (requestsPerSecond != null && requestsPerSecond < 1) {
                throw new ParameterException(spec.commandLine(), "--requests-per-second must be at least 1");
            }
            if (maxPins != null && maxPins < 1) {
                throw new ParameterException(spec.commandLine(), "--max-pins must be at least 1");
            }
        }
    }

    /** Lists tokens, never their secrets. */
    @Command(
            name = "ls",
            description = "List tokens (never their secrets).",
            footer = {"", "Example:", "  pinfold token ls"})
    static final class Ls extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/tokens");
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("id", "name", "tenant", "scopes", "created", "revoked");
            for (JsonNode token : answer.path("tokens")) {
                StringBuilder scopes = new StringBuilder();
                token.path("scopes")
                        .forEach(s -> scopes.append(scopes.isEmpty() ? "" : ",").append(s.asText()));
                table.row(
                        token.path("id").asText(),
                        token.path("name").asText(""),
                        token.path("tenant").asText(""),
                        scopes.toString(),
                        token.path("since").asText(""),
                        token.path("revokedAt").asText(""));
            }
            table.print(out());
            return Exit.DONE;
        }
    }

    /** Ends tokens at once. */
    @Command(
            name = "revoke",
            description = "Revoke tokens, effective at once.",
            footer = {"", "Example:", "  pinfold token revoke 7"})
    static final class Revoke extends ClientCommand {
        @Parameters(paramLabel = "ID", arity = "1..*", description = "The tokens' ids, as 'token ls' shows them.")
        List<String> ids = List.of();

        @Override
        Exit run(BrokerClient client) {
            ObjectNode document = Json.object();
            var revoked = document.putArray("revoked");
            for (String id : ids) {
                client.delete("/api/v1/tokens/" + BrokerClient.encode(id));
                revoked.add(id);
                if (!json) {
                    out().println(id);
                }
            }
            if (json) {
                print(document);
            }
            return Exit.DONE;
        }
    }
}
