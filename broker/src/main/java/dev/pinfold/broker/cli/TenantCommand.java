package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The group {@code pinfold tenant}: who never sees whose pins. */
@Command(
        name = "tenant",
        description = "Create and list tenants; tenants never see each other's pins.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TenantCommand.Create.class, TenantCommand.Ls.class},
        footer = {"", "Example:", "  pinfold tenant create studio"})
final class TenantCommand extends CommandGroup {
    /** Makes a tenant. */
    @Command(
            name = "create",
            description = "Create a tenant.",
            footer = {"", "Example:", "  pinfold tenant create studio"})
    static final class Create extends ClientCommand {
        @Parameters(paramLabel = "NAME", description = "The tenant's name.")
        String name = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode tenant = client.post("/api/v1/tenants", Json.object().put("name", name));
            if (json) {
                print(tenant);
            } else {
                out().println(tenant.path("name").asText(name));
            }
            return Exit.DONE;
        }
    }

    /** Lists tenants. */
    @Command(
            name = "ls",
            description = "List tenants.",
            footer = {"", "Example:", "  pinfold tenant ls"})
    static final class Ls extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/tenants");
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("name", "created");
            for (JsonNode tenant : answer.path("tenants")) {
                table.row(tenant.path("name").asText(), tenant.path("since").asText(""));
            }
            table.print(out());
            return Exit.DONE;
        }
    }
}
