package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinfold add}: sends a file, a directory or standard input to the broker and waits until it is pinned. */
@Command(
        name = "add",
        description = "Upload and pin a file, a directory tree or standard input; print its CID.",
        footer = {
            "",
            "Example:",
            "  pinfold add README.md",
            "  pinfold add --name site-42 public/",
            "  tar c src | pinfold add -"
        })
final class AddCommand extends ClientCommand {
    private static final String CAR = "application/vnd.ipld.car";
    private static final String BYTES = "application/octet-stream";

    @Parameters(paramLabel = "FILE|DIR|-", description = "What to add; - is standard input.")
    String what = "";

    @Option(names = "--name", paramLabel = "NAME", description = "A name for the pin (default: the file's name).")
    @Nullable
    String name;

    @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "Your own data, kept with the pin; repeatable.")
    Map<String, String> meta = new LinkedHashMap<>();

    @Option(names = "--car", description = "The input is a CAR: import its blocks and pin its roots.")
    boolean car;

    @Option(names = "--hidden", description = "Also add entries of a directory whose names begin with a dot.")
    boolean hidden;

    @Option(names = "--no-pin", description = "Store the blocks without pinning them.")
    boolean noPin;

    @Option(names = "--background", description = "Return as soon as the upload is accepted.")
    boolean background;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Stop waiting after this time (exit code 1); the pin goes on.")
    @Nullable
    Duration timeout;

    @Override
    Exit run(BrokerClient client) throws IOException, InterruptedException {
        Upload upload = upload();
        JsonNode answer;
        try (ProgressBar bar = new ProgressBar(err(), Terminal.watched(), label(), upload.length())) {
            answer = client.upload(path(), upload.contentType(), upload.publisher(bar::add));
        }
        ArrayNode pins = Json.object().putArray("pins");
        Exit worst = Exit.DONE;
        for (JsonNode pin : answer.path("pins")) {
            JsonNode last = background ? pin : new Follower(client, err(), Terminal.watched()).follow(pin, timeout);
            pins.add(last);
            worst = outcome(last) == Exit.DONE ? worst : Exit.NO;
        }
        ObjectNode document = Json.object();
        document.set("roots", answer.path("roots"));
        document.set("pins", pins);
        answer.path("incomplete").forEach(document.putArray("incomplete")::add);
        if (json) {
            print(document);
        } else {
            answer.path("roots").forEach(root -> out().println(root.asText()));
        }
        for (JsonNode partial : answer.path("incomplete")) {
            err().println("pinfold: the DAG below " + partial.path("root").asText() + " is incomplete: block "
                    + partial.path("missing").path(0).asText()
                    + " and perhaps others are missing; what came is kept in the cache");
            worst = Exit.NO;
        }
        return worst;
    }

    private Exit outcome(JsonNode pin) {
        String status = pin.path("status").asText();
        if (status.equals("failed")) {
            err().println("pinfold: " + Pins.failure(pin));
            return Exit.NO;
        }
        if (!background && !status.equals("pinned")) {
            err().println("pinfold: still " + status + "; see 'pinfold pin status "
                    + pin.path("requestid").asText() + "'");
            return Exit.NO;
        }
        return Exit.DONE;
    }

    private Upload upload() throws IOException {
        String type = car ? CAR : BYTES;
        if (what.equals("-")) {
            return Upload.stream(type, System.in);
        }
        Path path = Path.of(what);
        if (!Files.exists(path)) {
            throw usage("there is no " + what + "; check the path");
        }
        if (!Files.isReadable(path)) {
            throw usage(what + " cannot be read; check its permissions");
        }
        if (!Files.isDirectory(path)) {
            return Upload.file(type, path);
        }
        if (car) {
            throw usage(what + " is a folder; --car takes a CAR file");
        }
        FolderWalk walk = FolderWalk.of(path, hidden);
        walk.leftOut().forEach(line -> err().println("pinfold: " + BrokerClient.printable(line)));
        if (walk.files().isEmpty()) {
            throw usage(what + " holds no file to add");
        }
        return Upload.directory(path, walk.files());
    }

    private String path() {
        String shown = name == null ? fileName() : name;
        StringBuilder query = new StringBuilder("/api/v1/content?pin=" + !noPin);
        if (!shown.isEmpty()) {
            query.append("&name=").append(BrokerClient.encode(shown));
        }
        if (!meta.isEmpty()) {
            ObjectNode data = Json.object();
            meta.forEach(data::put);
            query.append("&meta=").append(BrokerClient.encode(Json.compact(data)));
        }
        return query.toString();
    }

    private String fileName() {
        Path file = what.equals("-")
                ? null
                : Path.of(what).toAbsolutePath().normalize().getFileName();
        return file == null ? "" : file.toString();
    }

    private String label() {
        return what.equals("-") ? "stdin" : what;
    }
}
