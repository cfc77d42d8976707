package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.cold.ReceiptCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The group {@code pinfold deal}: storage deals and receipts. */
@Command(
        name = "deal",
        description = "Storage deals about pieces, and receipts that anyone can check.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DealCommand.Ls.class,
            DealCommand.Show.class,
            DealCommand.ReceiptOf.class,
            DealCommand.Verify.class
        },
        footer = {"", "Example:", "  pinfold deal ls"})
final class DealCommand extends CommandGroup {
    private static String label(JsonNode deal) {
        return deal.path("simulated").asBoolean()
                ? "SIMULATED"
                : deal.path("network").asText("");
    }

    /** Lists deals. */
    @Command(
            name = "ls",
            description = "List storage deals, the newest first.",
            footer = {
                "",
                "Example:",
                "  pinfold deal ls --state active",
                "  pinfold deal ls --pin bafkqabtimvwgy3yk --json"
            })
    static final class Ls extends ClientCommand {
        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "ordered, prepared, proposing, accepted, published, active, ending, expired, slashed,"
                        + " failed or withdrawn.")
        @Nullable
        String state;

        @Option(names = "--piece", paramLabel = "ID", description = "Of the piece with this number.")
        @Nullable
        String piece;

        @Option(
                names = "--pin",
                paramLabel = "REQUESTID|CID",
                description = "Of the pieces that have this pin's content.")
        @Nullable
        String pin;

        @Option(names = "--provider", paramLabel = "F0…", description = "With this storage provider.")
        @Nullable
        String provider;

        @Option(names = "--limit", paramLabel = "N", description = "The most that are listed, 1 to 1000; default 100.")
        int limit = 100;

        @Override
        Exit run(BrokerClient client) {
            StringBuilder query = new StringBuilder("?limit=" + limit);
            add(query, "state", state);
            add(query, "piece", piece);
            add(
                    query,
                    "pin",
                    pin == null
                            ? null
                            : Pins.find(client, pin).path("requestid").asText());
            add(query, "provider", provider);
            JsonNode answer = client.get("/api/v1/deals" + query);
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table =
                    new Table("id", "state", "piece", "storage provider", "deal", "until epoch", "price", "network");
            for (JsonNode deal : answer.path("deals")) {
                table.row(
                        deal.path("id").asText(),
                        deal.path("state").asText(),
                        deal.path("piece").asText(),
                        deal.path("provider").asText(),
                        deal.path("dealId").asText(""),
                        deal.path("activeUntil").asText(deal.path("endEpoch").asText()),
                        deal.path("totalInCoins").asText(),
                        label(deal));
            }
            table.print(out());
            if (answer.has("next")) {
                err().println("pinfold: there are more; ask for them with --limit, or over the API with before="
                        + answer.path("next").asText());
            }
            return Exit.DONE;
        }

        private static void add(StringBuilder query, String name, @Nullable String value) {
            if (value != null) {
                query.append('&').append(name).append('=').append(BrokerClient.encode(value));
            }
        }
    }

    /** Shows one deal. */
    @Command(
            name = "show",
            description = "Show one deal: what was ordered, and what is known of it.",
            footer = {"", "Example:", "  pinfold deal show 0193a1b2-0000-7000-8000-000000000000"})
    static final class Show extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "An id of 'deal ls'.")
        String id = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode deal = client.get("/api/v1/deals/" + BrokerClient.encode(id));
            if (json) {
                print(deal);
                return Exit.DONE;
            }
            Table facts =
                    new Table("deal", deal.path("id").asText() + (label(deal).isEmpty() ? "" : " " + label(deal)));
            deal.properties().forEach(entry -> {
                if (!entry.getKey().equals("id")) {
                    facts.row(entry.getKey(), entry.getValue().asText());
                }
            });
            facts.print(out());
            return Exit.DONE;
        }
    }

    /** Writes the receipt of a pin. */
    @Command(
            name = "receipt",
            description =
                    "Write the receipt of a pin: where its content lies in a piece, with proof, and the piece's deals.",
            footer = {"", "Example:", "  pinfold deal receipt bafkqabtimvwgy3yk -o receipt.json"})
    static final class ReceiptOf extends ClientCommand {
        @Parameters(paramLabel = "REQUESTID|CID", description = "The pin; for a CID its newest pin.")
        String id = "";

        @Option(names = "-o", paramLabel = "FILE", description = "Where to write it; without it, standard output.")
        @Nullable
        Path file;

        @Override
        Exit run(BrokerClient client) throws IOException {
            String requestid = Pins.find(client, id).path("requestid").asText();
            JsonNode receipts = client.get("/api/v1/pins/" + BrokerClient.encode(requestid) + "/receipts")
                    .path("receipts");
            if (receipts.isEmpty()) {
                throw new CliException(
                        Exit.NO,
                        "pin " + id + " has no receipt yet: no deal was made for a piece with its content; see"
                                + " 'pinfold piece ls' and 'pinfold deal ls'");
            }
            String text = Json.compact(receipts.get(0));
            if (file == null) {
                out().println(text);
            } else {
                Files.writeString(file, text + "\n");
            }
            return Exit.DONE;
        }
    }

    /** Checks a receipt. */
    @Command(
            name = "verify",
            description = "Check a receipt; needs no broker and no network.",
            footer = {
                "",
                "Example:",
                "  pinfold deal verify receipt.json",
                "  pinfold deal verify receipt.json --bytes range.bin"
            })
    static final class Verify implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Parameters(paramLabel = "RECEIPT", description = "A file that 'deal receipt' wrote.")
        Path file = Path.of("");

        @Option(
                names = "--bytes",
                paramLabel = "FILE",
                description = "The bytes of the content's range in the piece, as a storage provider gives them"
                        + " (GET /piece/PIECE-CID with Range): the whole content is checked, not its first block only.")
        @Nullable
        Path bytes;

        @Option(names = "--json", description = "Print exactly one JSON document on stdout.")
        boolean json;

        @Override
        public Integer call() {
            List<String> findings = new ArrayList<>();
            String refusal = null;
            try {
                findings.addAll(ReceiptCheck.check(read(), bytes));
            } catch (ReceiptCheck.Refused e) {
                refusal = "the receipt does not hold: " + e.getMessage();
            } catch (IOException e) {
                throw new CliException(Exit.USAGE, bytes + " cannot be read: " + e.getMessage());
            }
            if (json) {
                var document = Json.object().put("holds", refusal == null);
                var all = document.putArray("findings");
                findings.forEach(all::add);
                spec.commandLine()
                        .getOut()
                        .println(Json.write(refusal == null ? document : document.put("refusal", refusal)));
            } else if (refusal == null) {
                spec.commandLine().getOut().println("the receipt holds:");
                findings.forEach(each -> spec.commandLine().getOut().println("  " + each));
            }
            if (refusal != null) {
                throw new CliException(Exit.NO, refusal);
            }
            return Exit.DONE.code();
        }

        private byte[] read() {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new CliException(Exit.USAGE, "there is no readable file " + file + "; check the path");
            }
        }
    }
}
