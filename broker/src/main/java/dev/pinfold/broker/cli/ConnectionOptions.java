package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the broker is and who asks: options, then the environment, then {@code client.json} of the data directory. */
final class ConnectionOptions {
    static final String FILE = "client.json";

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "The broker (else PINFOLD_ENDPOINT, else client.json).")
    @Nullable
    String endpoint;

    @Option(
            names = "--token-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the token (else PINFOLD_TOKEN, else client.json).")
    @Nullable
    String tokenEnv;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of a broker on this machine, for its client.json (default: ./data).")
    @Nullable
    Path data;

    /** The environment; replaced by tests. */
    Map<String, String> environment = System.getenv();

    record Connection(URI endpoint, String token) {}

    Connection resolve() {
        String url = endpoint;
        String token = fromEnvironment();
        if (url == null && data == null) {
            url = environment.get("PINFOLD_ENDPOINT");
        }
        URI parsed = url == null ? null : parse(url);
        if (parsed == null || token == null) {
            JsonNode file = file(parsed == null, token == null);
            parsed = parsed == null ? parse(file.path("endpoint").asText()) : parsed;
            token = token == null ? file.path("token").asText() : token;
        }
        if (!token.matches("[\\x21-\\x7e]{1,4096}")) {
            throw new CliException(
                    Exit.USAGE, "the token holds characters that no token has; check where it came from");
        }
        return new Connection(parsed, token);
    }

    private @Nullable String fromEnvironment() {
        if (tokenEnv != null) {
            String token = environment.get(tokenEnv);
            if (token == null || token.isBlank()) {
                throw new CliException(Exit.USAGE, "--token-env: the environment variable " + tokenEnv + " is not set");
            }
            return token.strip();
        }
        String token = data == null ? environment.get("PINFOLD_TOKEN") : null;
        return token == null || token.isBlank() ? null : token.strip();
    }

    private JsonNode file(boolean needsEndpoint, boolean needsToken) {
        Path path = (data == null ? Path.of("data") : data).resolve(FILE);
        if (!Files.exists(path)) {
            if (!needsEndpoint) {
                throw new CliException(
                        Exit.USAGE, "no token: set PINFOLD_TOKEN, or name its variable with --token-env NAME");
            }
            throw new CliException(
                    Exit.UNREACHABLE,
                    "no broker is known: there is no " + path + ". Start one with './pinfold serve', or name one with"
                            + " --endpoint URL and PINFOLD_TOKEN, or its data directory with --data DIR");
        }
        try {
            JsonNode node = Json.read(Files.readAllBytes(path));
            boolean whole = (!needsEndpoint || node.path("endpoint").isTextual())
                    && (!needsToken || node.path("token").isTextual());
            if (whole) {
                return node;
            }
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, path + " cannot be read: " + e.getMessage(), e);
        }
        throw new CliException(Exit.USAGE, path + " holds no endpoint and token; start the broker again to renew it");
    }

    private static URI parse(String text) {
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new CliException(Exit.USAGE, notAnEndpoint(text), e);
        }
        throw new CliException(Exit.USAGE, notAnEndpoint(text));
    }

    private static String notAnEndpoint(String text) {
        return "'" + text + "' is not an endpoint; write it like http://127.0.0.1:8090";
    }
}
