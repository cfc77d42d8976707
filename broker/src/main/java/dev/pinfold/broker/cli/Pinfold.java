package dev.pinfold.broker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code pinfold}; does nothing by itself. Its commands are in {@link Commands}. */
@Command(
        name = "pinfold",
        versionProvider = Pinfold.Version.class,
        description = "One IPFS pinning endpoint in front of many providers.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 the answer is no, 2 wrong usage or unreadable input,",
            "3 the broker could not be reached.",
            "",
            "Example:",
            "  pinfold serve",
            "  pinfold add README.md"
        })
final class Pinfold extends CommandGroup {
    @Option(
            names = "--version",
            versionHelp = true,
            scope = CommandLine.ScopeType.LOCAL,
            description = "Print the version.")
    boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pinfold " + number() + " (JDK " + Runtime.version() + ")"};
        }

        static String number() {
            String version = Pinfold.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }
    }
}
