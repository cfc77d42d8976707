package dev.pinfold.broker.cli;

import dev.pinfold.policy.Ratio;
import dev.pinfold.policy.command.Outcome;
import dev.pinfold.policy.command.PolicyCommands;
import dev.pinfold.policy.command.Simulation;
import dev.pinfold.policy.command.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The group {@code pinfold policy}. What works on files is offline and prints what the policy module answers; {@link
 * PolicyRevisions} asks a running broker.
 */
@Command(
        name = "policy",
        description = {
            "Check, try and compare placement policies: check, plan, explain, test, simulate and diff work on files",
            "and need no broker. See and change the policy of a running one: ls, show, put, rollback."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PolicyCommand.Check.class,
            PolicyCommand.PlanOne.class,
            PolicyCommand.Explain.class,
            PolicyCommand.Test.class,
            PolicyCommand.Simulate.class,
            PolicyCommand.Diff.class,
            PolicyRevisions.Ls.class,
            PolicyRevisions.Show.class,
            PolicyRevisions.Put.class,
            PolicyRevisions.Rollback.class
        },
        footer = {"", "Example:", "  pinfold policy check config/policies/quickstart.yaml"})
final class PolicyCommand extends CommandGroup {
    /** Reads files, asks, prints. */
    abstract static class Offline implements Callable<Integer> {
        private static final int MAX_BYTES = 64 << 20;

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Option(names = "--json", description = "Print exactly one JSON document on stdout.")
        boolean json;

        abstract Outcome answer(PolicyCommands commands) throws IOException;

        @Override
        public final Integer call() throws IOException {
            Outcome outcome = answer(new PolicyCommands());
            var out = outcome.exitCode() == Outcome.BAD_INPUT && !json
                    ? spec.commandLine().getErr()
                    : spec.commandLine().getOut();
            out.print(json ? outcome.json() : outcome.human());
            return outcome.exitCode();
        }

        static Text read(Path file) {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new CliException(Exit.USAGE, file + " is larger than 64 MiB; is it the right file?");
                }
                return new Text(file.toString(), new String(bytes, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        static BufferedReader lines(Path file) {
            try {
                return Files.newBufferedReader(file);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        private static CliException unreadable(Path file, IOException e) {
            String why = Files.exists(file) ? "cannot be read: " + e.getMessage() : "does not exist; check the path";
            return new CliException(Exit.USAGE, file + " " + why, e);
        }
    }

    /** A policy, an inventory and one request. */
    abstract static class OneRequest extends Offline {
        @Option(names = "--policy", paramLabel = "FILE", required = true, description = "The policy.")
        Path policy = Path.of("");

        @Option(
                names = "--inventory",
                paramLabel = "FILE",
                required = true,
                description = "The providers as they are now.")
        Path inventory = Path.of("");

        @Option(names = "--request", paramLabel = "FILE", required = true, description = "The pin to place.")
        Path request = Path.of("");
    }

    /** Checks a policy, and against a catalog when one is given. */
    @Command(
            name = "check",
            description = "Is the policy right, and does it fit the catalog?",
            footer = {"", "Example:", "  pinfold policy check P.yaml --catalog config/providers/catalog.example.yaml"})
    static final class Check extends Offline {
        @Parameters(paramLabel = "POLICY", description = "The policy file.")
        Path policy = Path.of("");

        @Option(names = "--catalog", paramLabel = "FILE", description = "The provider catalog.")
        @Nullable
        Path catalog;

        @Override
        Outcome answer(PolicyCommands commands) {
            return commands.check(read(policy), catalog == null ? null : read(catalog));
        }
    }

    /** Places one pin. */
    @Command(
            name = "plan",
            description = "Where would the copies of this pin go, and at what cost?",
            footer = {"", "Example:", "  pinfold policy plan --policy P.yaml --inventory I.json --request R.json --json"
            })
    static final class PlanOne extends OneRequest {
        @Override
        Outcome answer(PolicyCommands commands) {
            return commands.plan(read(policy), read(inventory), read(request));
        }
    }

    /** Says why each provider was taken or not. */
    @Command(
            name = "explain",
            description = "Why is each provider taken or not?",
            footer = {"", "Example:", "  pinfold policy explain --policy P.yaml --inventory I.json --request R.json"})
    static final class Explain extends OneRequest {
        @Override
        Outcome answer(PolicyCommands commands) {
            return commands.explain(read(policy), read(inventory), read(request));
        }
    }

    /** Runs the tests of a policy. */
    @Command(
            name = "test",
            description = "Run the tests that stand in a policy file.",
            footer = {"", "Example:", "  pinfold policy test P.yaml --junit report.xml"})
    static final class Test extends Offline {
        @Parameters(paramLabel = "POLICY", description = "The policy file.")
        Path policy = Path.of("");

        @Option(names = "--junit", paramLabel = "FILE", description = "Also write a JUnit XML report.")
        @Nullable
        Path junit;

        @Override
        Outcome answer(PolicyCommands commands) throws IOException {
            Outcome outcome = commands.test(read(policy), this::fixture);
            if (junit != null && !outcome.junitXml().isEmpty()) {
                Files.writeString(junit, outcome.junitXml());
            }
            return outcome;
        }

        private @Nullable String fixture(String name) {
            Path file = policy.toAbsolutePath().resolveSibling(name);
            return Files.isRegularFile(file) ? read(file).content() : null;
        }
    }

    /** Places a stream of pins. */
    @Command(
            name = "simulate",
            description = "Place many pins; then lose a region, a company or a provider and see what is left.",
            footer = {
                "",
                "Example:",
                "  pinfold policy simulate --policy P.yaml --inventory I.json --requests R.jsonl --fail region=eu-west"
            })
    static final class Simulate extends Offline {
        @Option(names = "--policy", paramLabel = "FILE", required = true, description = "The policy.")
        Path policy = Path.of("");

        @Option(
                names = "--inventory",
                paramLabel = "FILE",
                required = true,
                description = "The providers as they are now.")
        Path inventory = Path.of("");

        @Option(names = "--requests", paramLabel = "FILE", required = true, description = "One JSON request per line.")
        Path requests = Path.of("");

        @Option(names = "--fail", paramLabel = "LABEL=VALUE", description = "What is lost, for example provider=x.")
        @Nullable
        String fail;

        @Option(names = "--months", paramLabel = "N", description = "Let prices wander for so many months (1 to 1200).")
        @Nullable
        Integer months;

        @Option(names = "--price-noise", paramLabel = "SHARE", description = "By how much per month (default: 5%%).")
        String noise = "5%";

        @Option(names = "--seed", paramLabel = "N", description = "Draws other prices (default: 1).")
        long seed = 1;

        @Override
        Outcome answer(PolicyCommands commands) throws IOException {
            try (BufferedReader lines = lines(requests)) {
                return commands.simulate(
                        read(policy), read(inventory), lines.lines().iterator(), options());
            }
        }

        private Simulation.Options options() {
            if (months != null) {
                return wandering(months);
            }
            if (fail == null) {
                return Simulation.Options.NONE;
            }
            int equals = fail.indexOf('=');
            if (equals < 1 || equals == fail.length() - 1) {
                throw new ParameterException(
                        spec.commandLine(), "--fail: '" + fail + "' is not LABEL=VALUE, for example region=eu-west");
            }
            return Simulation.Options.losing(fail.substring(0, equals), fail.substring(equals + 1));
        }

        private Simulation.Options wandering(int count) {
            if (fail != null || count < 1 || count > 1200) {
                String text = fail == null ? "--months must be within 1 to 1200" : "give --fail or --months, not both";
                throw new ParameterException(spec.commandLine(), text);
            }
            try {
                return Simulation.Options.wandering(count, Ratio.of(noise), seed);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(), "--price-noise: '" + noise + "' is not a share such as 5%");
            }
        }
    }

    /** Compares two policies. */
    @Command(
            name = "diff",
            description = "What would move from one policy to another, and what does it cost before and after?",
            footer = {
                "",
                "Example:",
                "  pinfold policy diff --from P1.yaml --to P2.yaml --inventory I.json --requests R.jsonl"
            })
    static final class Diff extends Offline {
        @Option(names = "--from", paramLabel = "FILE", required = true, description = "The policy in force.")
        Path from = Path.of("");

        @Option(names = "--to", paramLabel = "FILE", required = true, description = "The policy to compare with.")
        Path to = Path.of("");

        @Option(
                names = "--inventory",
                paramLabel = "FILE",
                required = true,
                description = "The providers as they are now.")
        Path inventory = Path.of("");

        @Option(names = "--requests", paramLabel = "FILE", required = true, description = "One JSON request per line.")
        Path requests = Path.of("");

        @Override
        Outcome answer(PolicyCommands commands) throws IOException {
            try (BufferedReader lines = lines(requests)) {
                return commands.diff(
                        read(from), read(to), read(inventory), lines.lines().iterator());
            }
        }
    }
}
