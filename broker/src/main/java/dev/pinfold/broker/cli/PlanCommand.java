package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The group {@code pinfold plan}: what a policy would move over all pins of a running broker, and moving it. */
@Command(
        name = "plan",
        description = "See what a policy would move over all pins, and move it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PlanCommand.Create.class, PlanCommand.Ls.class, PlanCommand.Show.class, PlanCommand.Apply.class},
        footer = {"", "Example:", "  pinfold plan create policy.yaml"})
final class PlanCommand extends CommandGroup {
    private static String path(String id) {
        return "/api/v1/plans/" + BrokerClient.encode(id);
    }

    /** Looks until the plan is in none of these states any more. */
    private static JsonNode follow(BrokerClient client, String id, String whileState) throws InterruptedException {
        JsonNode plan = client.get(path(id));
        while (plan.path("state").asText().matches(whileState)) {
            TimeUnit.MILLISECONDS.sleep(200);
            plan = client.get(path(id));
        }
        return plan;
    }

    private static void show(PrintWriter out, JsonNode plan) {
        JsonNode sum = plan.path("summary");
        out.println("plan " + plan.path("id").asText() + ": "
                + plan.path("state").asText() + ", "
                + (plan.path("bringsPolicy").asBoolean() ? "brings another policy" : "for the policy in force"));
        out.println(sum.path("moves").asText("0") + " of " + sum.path("pins").asText("0") + " pins move, "
                + Bytes.show(sum.path("movedBytes").asLong()) + "; "
                + sum.path("infeasible").asText("0") + " cannot be placed, "
                + sum.path("degraded").asText("0") + " would have less than wanted");
        out.println("cost " + sum.path("costBefore").asText() + " -> "
                + sum.path("costAfter").asText() + " " + sum.path("currency").asText() + " a month");
        out.println("outside their residency: "
                + sum.path("residency").path("outsideBefore").asText("0") + " pins -> "
                + sum.path("residency").path("outsideAfter").asText("0"));
        JsonNode durability = sum.path("durability");
        out.println("lowest durability " + durability.path("lowestNinesBefore").asText("") + " -> "
                + durability.path("lowestNinesAfter").asText("") + " nines"
                + (durability.path("limitedBy").asText("").isEmpty()
                        ? ""
                        : ", limited by " + durability.path("limitedBy").asText()));
        Table table = new Table("provider", "before", "after", "+", "-");
        sum.path("providers")
                .properties()
                .forEach(each -> table.row(
                        each.getKey(),
                        each.getValue().path("before").asText(),
                        each.getValue().path("after").asText(),
                        each.getValue().path("added").asText(),
                        each.getValue().path("removed").asText()));
        table.print(out);
        JsonNode progress = plan.path("progress");
        out.println("waiting " + progress.path("waiting").asText() + ", moving "
                + progress.path("moving").asText() + ", moved "
                + progress.path("moved").asText() + ", not moved "
                + progress.path("notMoved").asText() + "; canary "
                + plan.path("canary").asText() + " (" + plan.path("canaryMoves").asText() + " moves)");
        if (!plan.path("refused").isNull()) {
            out.println(BrokerClient.printable(
                    "it cannot be applied: " + plan.path("refused").asText()));
        }
    }

    /** Makes a plan and waits for it. */
    @Command(
            name = "create",
            description = "Work out what a policy would move over all pins. Nothing moves.",
            footer = {
                "",
                "Exit code 1 when the policy's rollout does not allow to apply it.",
                "",
                "Example:",
                "  pinfold plan create policy.yaml --canary 10%%",
                "  pinfold plan create            what is cheaper under the policy in force"
            })
    static final class Create extends ClientCommand {
        @Parameters(
                paramLabel = "POLICY",
                arity = "0..1",
                description = "A policy file (default: the policy in force).")
        @Nullable
        Path policy;

        @Option(names = "--revision", paramLabel = "N", description = "An earlier policy of the broker instead.")
        @Nullable
        Long revision;

        @Option(
                names = "--canary",
                paramLabel = "SHARE",
                description = "Share of the contents that move first (default: the policy's rollout).")
        @Nullable
        String canary;

        @Override
        Exit run(BrokerClient client) throws InterruptedException {
            ObjectNode body = Json.object();
            if (policy != null) {
                body.put("policy", PolicyCommand.Offline.read(policy).content());
            }
            if (revision != null) {
                body.put("revision", revision);
            }
            if (canary != null) {
                body.put("canary", canary);
            }
            JsonNode begun = client.post("/api/v1/plans", body);
            JsonNode plan = follow(client, begun.path("id").asText(), "planning");
            if (json) {
                print(plan);
            } else {
                show(out(), plan);
            }
            boolean usable = plan.path("state").asText().equals("planned")
                    && plan.path("refused").isNull();
            return usable ? Exit.DONE : Exit.NO;
        }
    }

    /** Lists plans. */
    @Command(
            name = "ls",
            description = "List the newest plans.",
            footer = {"", "Example:", "  pinfold plan ls"})
    static final class Ls extends ClientCommand {
        @Override
        Exit run(BrokerClient client) {
            JsonNode answer = client.get("/api/v1/plans");
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table("id", "since", "state", "moves", "moved", "cost before", "cost after");
            for (JsonNode plan : answer.path("plans")) {
                table.row(
                        plan.path("id").asText(),
                        plan.path("since").asText(),
                        plan.path("state").asText(),
                        plan.path("summary").path("moves").asText("0"),
                        plan.path("progress").path("moved").asText("0"),
                        plan.path("summary").path("costBefore").asText(""),
                        plan.path("summary").path("costAfter").asText(""));
            }
            table.print(out());
            return Exit.DONE;
        }
    }

    /** Shows one plan. */
    @Command(
            name = "show",
            description = "Show a plan and how far it is; its first moves with --json.",
            footer = {"", "Example:", "  pinfold plan show 4f9e…"})
    static final class Show extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The plan.")
        String id = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode plan = client.get(path(id));
            if (json) {
                print(plan);
            } else {
                show(out(), plan);
            }
            return Exit.DONE;
        }
    }

    /** Applies a plan. */
    @Command(
            name = "apply",
            description = {
                "Apply a plan: its canary first, the rest the second time. Exit code 1 when the world is not the one",
                "it was made for."
            },
            footer = {"", "Example:", "  pinfold plan apply 4f9e… --follow"})
    static final class Apply extends ClientCommand {
        @Parameters(paramLabel = "ID", description = "The plan.")
        String id = "";

        @Option(names = "--follow", description = "Wait until this step of the plan is done.")
        boolean follow;

        @Override
        Exit run(BrokerClient client) throws InterruptedException {
            JsonNode plan = client.post(path(id) + "/apply", Json.object());
            if (follow) {
                plan = follow(client, id, "applying|applying-canary");
            }
            if (json) {
                print(plan);
            } else {
                show(out(), plan);
            }
            return Exit.DONE;
        }
    }
}
