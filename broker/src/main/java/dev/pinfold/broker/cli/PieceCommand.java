package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The group {@code pinfold piece}: Filecoin pieces. */
@Command(
        name = "piece",
        description = "Filecoin pieces: what shares them, their CIDs, sizes and waste.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PieceCommand.Ls.class, PieceCommand.Show.class, PieceCommand.Commp.class},
        footer = {"", "Example:", "  pinfold piece ls"})
final class PieceCommand extends CommandGroup {
    /** Lists bundles and pieces. */
    @Command(
            name = "ls",
            description = "List bundles and pieces, the newest first, with what of them is empty or no longer wanted.",
            footer = {"", "Example:", "  pinfold piece ls --state sealed"})
    static final class Ls extends ClientCommand {
        @Option(names = "--state", paramLabel = "STATE", description = "open, sealing, sealed, dealt or dropped.")
        @Nullable
        String state;

        @Override
        Exit run(BrokerClient client) {
            JsonNode answer =
                    client.get("/api/v1/pieces" + (state == null ? "" : "?state=" + BrokerClient.encode(state)));
            if (json) {
                print(answer);
                return Exit.DONE;
            }
            Table table = new Table(
                    "id", "state", "class", "contents", "removed", "bytes", "piece size", "waste", "piece CID");
            for (JsonNode piece : answer.path("pieces")) {
                boolean sealed = piece.has("pieceCid");
                table.row(
                        piece.path("id").asText(),
                        piece.path("state").asText(),
                        piece.path("class").asText(),
                        piece.path("contents").asText(),
                        piece.path("removed").asText(),
                        Bytes.show(piece.path("contentBytes").asLong()),
                        sealed ? Bytes.show(piece.path("paddedBytes").asLong()) : "",
                        sealed ? piece.path("wastePercent").asText() + " %" : "",
                        piece.path("pieceCid").asText(""));
            }
            table.print(out());
            return Exit.DONE;
        }
    }

    /** Shows one piece. */
    @Command(
            name = "show",
            description = "Show one piece with the contents in it and where each of them is.",
            footer = {"", "Example:", "  pinfold piece show 1"})
    static final class Show extends ClientCommand {
        @Parameters(paramLabel = "ID|PIECE-CID", description = "A number of 'piece ls', or a piece CID of any version.")
        String id = "";

        @Override
        Exit run(BrokerClient client) {
            JsonNode piece = client.get("/api/v1/pieces/" + BrokerClient.encode(id));
            if (json) {
                print(piece);
                return Exit.DONE;
            }
            Table facts = new Table("piece", piece.path("id").asText());
            piece.properties().forEach(entry -> {
                if (!entry.getKey().equals("id")
                        && entry.getValue().isValueNode()
                        && !entry.getValue().isNull()) {
                    facts.row(entry.getKey(), entry.getValue().asText());
                }
            });
            facts.print(out());
            out().println();
            Table entries = new Table("content", "offset", "length", "");
            piece.path("entries")
                    .forEach(entry -> entries.row(
                            entry.path("cid").asText(),
                            entry.path("offset").asText("").replace("null", ""),
                            entry.path("length").asText("").replace("null", ""),
                            entry.path("removed").asBoolean() ? "no longer wanted" : " "));
            entries.print(out());
            return Exit.DONE;
        }
    }

    /** Computes the commitment of a file. */
    @Command(
            name = "commp",
            description = "Compute the piece CID of a file, as storage providers do; needs no broker.",
            footer = {
                "",
                "Example:",
                "  pinfold piece commp backup.car",
                "  cat backup.car | pinfold piece commp - --json"
            })
    static final class Commp implements Callable<Integer> {
        /** Below this, the reference implementation refuses to commit. */
        private static final int LEAST_ELSEWHERE = 65;

        private static final int BUFFER = 1 << 20;

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Parameters(paramLabel = "FILE|-", description = "The payload, usually a CAR; - is standard input.")
        String what = "";

        @Option(names = "--json", description = "Print exactly one JSON document on stdout.")
        boolean json;

        @Override
        public Integer call() {
            Piece piece = piece();
            if (piece.payload() < LEAST_ELSEWHERE) {
                spec.commandLine()
                        .getErr()
                        .println("pinfold: other tools refuse payloads below " + LEAST_ELSEWHERE + " bytes");
            }
            if (json) {
                spec.commandLine().getOut().println(Json.write(document(piece)));
            } else {
                table(piece).print(spec.commandLine().getOut());
            }
            return Exit.DONE.code();
        }

        private static ObjectNode document(Piece piece) {
            return Json.object()
                    .put("pieceCid", piece.cidV2().toString())
                    .put("pieceCidV1", piece.cidV1().toString())
                    .put("payloadBytes", piece.payload())
                    .put("paddedBytes", piece.size().padded())
                    .put("paddingBytes", piece.padding());
        }

        private static Table table(Piece piece) {
            long waste = 100 - 100 * piece.payload() / piece.size().unpadded();
            return new Table("piece CID", piece.cidV2().toString())
                    .row("version 1", piece.cidV1().toString())
                    .row("payload", piece.payload() + " bytes (" + Bytes.show(piece.payload()) + ")")
                    .row(
                            "piece size",
                            piece.size().padded() + " padded bytes ("
                                    + Bytes.show(piece.size().padded()) + "), " + waste + " % of it empty");
        }

        private Piece piece() {
            int cores = Runtime.getRuntime().availableProcessors();
            try (InputStream in = open();
                    ExecutorService helpers = Executors.newFixedThreadPool(cores);
                    ProgressBar bar = new ProgressBar(
                            spec.commandLine().getErr(),
                            Terminal.watched(),
                            what.equals("-") ? "stdin" : what,
                            length())) {
                PieceHasher hasher = PieceHasher.parallel(helpers, 2 * cores);
                byte[] buffer = new byte[BUFFER];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    hasher.update(buffer, 0, read);
                    bar.add(read);
                }
                return hasher.finish();
            } catch (IOException e) {
                throw new CliException(Exit.USAGE, what + " cannot be read: " + e.getMessage(), e);
            }
        }

        private long length() throws IOException {
            return what.equals("-") ? -1 : Files.size(Path.of(what));
        }

        private InputStream open() throws IOException {
            if (what.equals("-")) {
                return System.in;
            }
            Path path = Path.of(what);
            if (!Files.exists(path)) {
                throw new CliException(Exit.USAGE, "there is no " + what + "; check the path");
            }
            if (Files.isDirectory(path)) {
                throw new CliException(Exit.USAGE, what + " is a folder; a piece is made of one file, usually a CAR");
            }
            return Files.newInputStream(path);
        }
    }
}
