package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One command that ran, with everything it said. */
record Ran(int code, String out, String err) {
    static {
        System.setProperty("pinfold.home", System.getProperty("pinfold.root", ".."));
    }

    static Ran pinfold(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(Main.commandLine(), new PrintWriter(out), new PrintWriter(err), arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    /** Runs a command against a broker whose data directory is known. */
    static Ran at(Path data, String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = data.toString();
        return pinfold(all);
    }

    /** The one JSON document on stdout. */
    JsonNode json() {
        try {
            return Json.read(out.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("stdout is not one JSON document: " + out, e);
        }
    }
}
