package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks a running broker. Answers go to stdout, everything else to stderr. */
abstract class ClientCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--json", description = "Print exactly one JSON document on stdout.")
    boolean json;

    @Override
    public final Integer call() throws Exception {
        try (BrokerClient client = new BrokerClient(connection.resolve())) {
            return run(client).code();
        }
    }

    abstract Exit run(BrokerClient client) throws Exception;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    void print(JsonNode document) {
        out().println(Json.write(document));
    }

    CliException usage(String message) {
        return new CliException(Exit.USAGE, message);
    }
}
