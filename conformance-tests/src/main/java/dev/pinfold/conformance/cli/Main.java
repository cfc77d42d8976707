package dev.pinfold.conformance.cli;

import picocli.CommandLine;

/** Starts the suite on its own; the broker's command line mounts {@link ConformanceCommand} instead. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new ConformanceCommand()).execute(args));
    }
}
