package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.content.unixfs.UnixFsStat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code pinfold get}: fetches content as a CAR and proves every block itself, so that not even the broker has to be
 * trusted. The file or directory appears under its name only when it is complete.
 */
@Command(
        name = "get",
        description = "Download a file or directory; every block is checked against its CID here.",
        footer = {
            "",
            "Example:",
            "  pinfold get bafkqabtimvwgy3yk -o hello.txt",
            "  pinfold get bafybeidir/docs/index.html -o - | less",
            "  pinfold get bafkqabtimvwgy3yk --verbose"
        })
final class GetCommand extends ClientCommand {
    private static final String CAR = "application/vnd.ipld.car";

    @Parameters(paramLabel = "CID[/PATH]", description = "What to fetch; /ipfs/CID/PATH and ipfs://CID/PATH work too.")
    String what = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it; - is standard output (default: the last part of the path).")
    @Nullable
    String output;

    @Option(
            names = "--verbose",
            description = "Tell on standard error who was asked, who won and why (needs an operator's token).")
    boolean verbose;

    @Option(names = "--force", description = "Replace a file that exists already.")
    boolean force;

    @Override
    Exit run(BrokerClient client) throws IOException {
        String target = what.replaceFirst("^(ipfs://|/ipfs/|ipfs/)", "").replaceFirst("/+$", "");
        int slash = target.indexOf('/');
        Cid root = parse(slash < 0 ? target : target.substring(0, slash));
        String path = slash < 0 ? "" : target.substring(slash + 1);
        boolean toStdout = "-".equals(output);
        if (toStdout && json) {
            throw usage("-o - and --json both want standard output; give one");
        }
        Path destination =
                Path.of(output == null || toStdout ? lastPart(target) : output).toAbsolutePath();
        if (!toStdout && Files.exists(destination) && !(force && Files.isRegularFile(destination))) {
            throw usage(destination + " exists already; choose another with -o"
                    + (Files.isDirectory(destination) ? "" : ", or replace it with --force"));
        }
        Path folder = toStdout ? Path.of(System.getProperty("java.io.tmpdir")) : destination.getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw usage("cannot write into " + folder + "; does it exist?");
        }
        try (BlockSpool spool = BlockSpool.in(folder)) {
            try {
                fetch(client, root, path, spool);
            } finally {
                if (verbose) {
                    RetrievalText.tell(client, root, err());
                }
            }
            return write(spool, root, path, toStdout ? null : destination);
        } catch (ContentException e) {
            throw new CliException(Exit.NO, e.kind().name(), what + ": " + e.getMessage(), e);
        }
    }

    private void fetch(BrokerClient client, Cid root, String path, BlockSpool spool) throws IOException {
        StringBuilder request = new StringBuilder("/ipfs/" + root);
        for (String part : path.isEmpty() ? new String[0] : path.split("/", -1)) {
            request.append('/').append(BrokerClient.encode(part));
        }
        try (ProgressBar bar = new ProgressBar(err(), Terminal.watched(), what, -1);
                InputStream in = client.open(request + "?format=car", CAR)) {
            spool.fill(in, bar::add);
        }
    }

    private Exit write(BlockSpool spool, Cid root, String path, @Nullable Path destination) throws IOException {
        UnixFsReader reader = new UnixFsReader(spool);
        List<Cid> met = reader.resolve(root, path);
        Cid cid = met.get(met.size() - 1);
        if (destination == null) {
            if (reader.stat(cid).kind() != UnixFsStat.Kind.FILE) {
                throw usage(what + " is a directory; standard output takes one file, give -o FOLDER");
            }
            reader.open(cid).copyTo(System.out);
            System.out.flush();
            return Exit.DONE;
        }
        TreeOutput tree = new TreeOutput(reader, line -> err().println("pinfold: " + BrokerClient.printable(line)));
        tree.write(cid, destination, force);
        if (json) {
            ObjectNode document = Json.object()
                    .put("cid", cid.toString())
                    .put("output", destination.toString())
                    .put("files", tree.files())
                    .put("bytes", tree.bytes())
                    .put("verifiedBlocks", spool.blocks());
            print(document);
        } else {
            out().println(destination);
        }
        return Exit.DONE;
    }

    private static Cid parse(String text) {
        try {
            return Cid.parse(text);
        } catch (ContentException e) {
            throw new CliException(Exit.USAGE, "'" + text + "' is not a CID: " + e.getMessage(), e);
        }
    }

    private static String lastPart(String target) {
        String name = target.substring(target.lastIndexOf('/') + 1);
        return name.isEmpty() || name.equals(".") || name.equals("..") ? "content" : name;
    }
}
