package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.content.SampleDag;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance sample}: content with which every gateway check can be judged. */
@Command(
        name = "sample",
        mixinStandardHelpOptions = true,
        description = {
            "Write a small CAR file with one of everything that gateways must walk, and print its root CID.",
            "A gateway that imported it is judged with it; the file is the same for ever."
        },
        footer = {"", "Example:", "  pinfold conformance sample sample.car && ipfs dag import sample.car"})
final class SampleCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The CAR file to write.")
    private Path file = Path.of("sample.car");

    @Override
    public Integer call() {
        SampleDag sample = SampleDag.create();
        try {
            Files.write(file, sample.car());
        } catch (IOException failure) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("pinfold conformance: cannot write " + file + ": " + failure.getMessage());
            err.flush();
            return ConformanceCommand.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(sample.root().text());
        out.flush();
        return 0;
    }
}
