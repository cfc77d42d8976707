package dev.pinfold.broker.cli;

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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The group {@code pinfold piece}: Filecoin pieces. */
@Command(
        name = "piece",
        description = "Filecoin pieces: their CIDs and sizes.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PieceCommand.Commp.class},
        footer = {"", "Example:", "  pinfold piece commp backup.car"})
final class PieceCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? Known are "
                        + String.join(", ", spec.subcommands().keySet()));
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
