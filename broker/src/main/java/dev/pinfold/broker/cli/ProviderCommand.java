package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The group {@code pinfold provider}. */
@Command(
        name = "provider",
        description = "Look at the providers that hold the copies, and decide what becomes of them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ProviderCommand.Ls.class,
            ProviderCommand.Show.class,
            ProviderLife.Cordon.class,
            ProviderLife.Uncordon.class,
            ProviderLife.Drain.class,
            ProviderLife.Drains.class,
            ProviderLife.Audit.class,
            ProviderAdopt.class
        },
        footer = {"", "Example:", "  pinfold provider ls"})
final class ProviderCommand extends CommandGroup {
    /** Lists the fleet. */
    @Command(
            name = "ls",
            description = "List the providers with region, state and what they hold.",
            footer = {"", "Example:", "  pinfold provider ls --json"})
    static final class Ls extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/providers");
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("id", "type", "region", "org", "state", "breakers", "pins", "bytes", "GiB month");
            for (JsonNode provider : answer.path("providers")) {
                table.row(
                        provider.path("id").asText(),
                        provider.path("type").asText(),
                        provider.path("labels").path("region").asText(""),
                        provider.path("labels").path("org").asText(""),
                        provider.path("state").asText(),
                        breakers(provider.path("breakers")),
                        provider.path("usage").path("pins").asText("0"),
                        Bytes.show(provider.path("usage").path("bytes").asLong()),
                        price(provider.path("price")));
            }
            table.print(out());
            return Exit.DONE;
        }
    }

    /** Shows one provider. */
    @Command(
            name = "show",
            description = "Show one provider with everything that is known about it.",
            footer = {"", "Example:", "  pinfold provider show eu-west"})
    static final class Show extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The provider's name.")
        String id = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode provider = client.get("/api/v1/providers/" + BrokerClient.encode(id));
            if (json) {
                print(provider);
            } else {
                show("", provider, out());
            }
            return Exit.DONE;
        }

        private static void show(String indent, JsonNode node, PrintWriter out) {
            node.properties().forEach(entry -> {
                JsonNode value = entry.getValue();
                if (value.isObject()) {
                    out.println(indent + entry.getKey());
                    show(indent + "  ", value, out);
                } else {
                    String text = value.isArray() ? value.toString() : value.asText();
                    out.println(indent + entry.getKey() + "  " + BrokerClient.printable(text));
                }
            });
        }
    }

    private static String breakers(JsonNode breakers) {
        StringBuilder open = new StringBuilder();
        breakers.properties().forEach(entry -> {
            if (!entry.getValue().asText().equalsIgnoreCase("closed")) {
                open.append(open.isEmpty() ? "" : ", ")
                        .append(entry.getKey())
                        .append(' ')
                        .append(entry.getValue().asText());
            }
        });
        return open.isEmpty() ? "closed" : open.toString();
    }

    private static String price(JsonNode price) {
        String amount = price.path("storagePerGiBMonth").asText("");
        return amount.isEmpty() ? "" : amount + " " + price.path("currency").asText("");
    }
}
