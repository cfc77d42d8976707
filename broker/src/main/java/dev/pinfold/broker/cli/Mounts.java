package dev.pinfold.broker.cli;

import picocli.CommandLine;

/** Commands of other modules that show up under {@code pinfold}. */
final class Mounts {
    private Mounts() {}

    static void addTo(CommandLine commandLine) {
        // Each line mounts the command of one module.
    }
}
