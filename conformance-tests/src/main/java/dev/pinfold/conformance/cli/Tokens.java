package dev.pinfold.conformance.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the tokens come from: the environment, never the command line, which others can see. */
final class Tokens {
    @Option(
            names = "--token-env",
            paramLabel = "VAR",
            defaultValue = "PINFOLD_TOKEN",
            description = "Environment variable that holds the token (default: ${DEFAULT-VALUE}).")
    private String tokenVariable = "PINFOLD_TOKEN";

    @Option(
            names = "--second-token-env",
            paramLabel = "VAR",
            description = "Environment variable that holds a token of another account, for the isolation check.")
    private Optional<String> secondVariable = Optional.empty();

    /** The token; an IllegalArgumentException says which variable is not set. */
    String first() {
        return variable(tokenVariable);
    }

    Optional<String> second() {
        return secondVariable.map(Tokens::variable);
    }

    private static String variable(String name) {
        // A system property of the same name stands in where no environment can be set.
        String value = System.getProperty("pinfold.env." + name, System.getenv(name));
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "the environment variable " + name + " is not set; it must hold the access token");
        }
        if (value.strip().chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
            throw new IllegalArgumentException("the token in " + name + " has characters that no HTTP header may hold");
        }
        return value.strip();
    }
}
