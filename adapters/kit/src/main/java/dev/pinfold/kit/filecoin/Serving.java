package dev.pinfold.kit.filecoin;

import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.content.unixfs.UnixFsStat;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a provider gives back of what it holds: whole pieces, blocks and CARs. */
final class Serving {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private final SimulatedChain chain;
    private final DealDesk desk;
    private final Path folder;
    private volatile boolean wrongBytes;

    Serving(SimulatedChain chain, DealDesk desk, Path folder) {
        this.chain = chain;
        this.desk = desk;
        this.folder = folder;
    }

    void wrongBytes(boolean now) {
        wrongBytes = now;
    }

    boolean servesWrongBytes() {
        return wrongBytes;
    }

    Reply piece(String cidText, @Nullable String range) throws IOException {
        Cid cid;
        Node commitment;
        try {
            cid = Cid.parse(cidText);
            commitment = Pieces.commitment(cid);
        } catch (ContentException | WireException e) {
            return Reply.text(400, Words.simulated("not a piece CID"));
        }
        Path file = chain.locked(() -> desk.all().stream()
                .filter(deal -> deal.holdsData()
                        && Pieces.commitment(deal.terms.pieceCid()).equals(commitment))
                .findFirst()
                .map(deal -> deal.data)
                .orElse(null));
        if (file == null) {
            return Reply.text(404, Words.simulated("piece " + cid + " is not here"));
        }
        return ranged(file, Files.size(file), range)
                .header("ETag", "\"" + cid + "\"")
                .header("Accept-Ranges", "bytes")
                .header("Cache-Control", "public, max-age=29030400, immutable");
    }

    private Reply ranged(Path file, long size, @Nullable String range) throws IOException {
        Matcher asked = range == null ? null : RANGE.matcher(range);
        if (asked == null || !asked.matches() || asked.group().equals("bytes=-")) {
            return part(200, file, 0, size);
        }
        boolean suffix = asked.group(1).isEmpty();
        long from = suffix ? Math.max(0, size - Long.parseLong(asked.group(2))) : Long.parseLong(asked.group(1));
        long to = suffix || asked.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(asked.group(2)));
        if (from > to) {
            return Reply.text(416, "").header("Content-Range", "bytes */" + size);
        }
        return part(206, file, from, to - from + 1).header("Content-Range", "bytes " + from + "-" + to + "/" + size);
    }

    private Reply part(int status, Path file, long from, long length) throws IOException {
        String type = "application/octet-stream";
        if (!wrongBytes || length == 0) {
            return Reply.file(status, type, file, from, length, false);
        }
        byte[] bytes = new byte[Math.toIntExact(length)];
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.seek(from);
            open.readFully(bytes);
        }
        bytes[bytes.length - 1] ^= 1;
        return Reply.of(status, type, Buffer.buffer(bytes));
    }

    /** Trustless answers: a block, or a CAR of what hangs below a path. */
    Reply ipfs(String path, @Nullable String format, @Nullable String scope) throws IOException {
        String[] parts = path.split("/", 2);
        try {
            Cid root = Cid.parse(parts[0]);
            String rest = parts.length > 1 ? parts[1] : "";
            if ("raw".equals(format)) {
                return raw(new UnixFsReader(this::find).resolve(root, rest).getLast());
            }
            return "car".equals(format)
                    ? car(root, rest, scope == null ? "all" : scope)
                    : Reply.text(406, Words.simulated("only raw blocks and CARs are served"));
        } catch (ContentException e) {
            int status = e.kind() == ContentException.Kind.INCOMPLETE ? 404 : 400;
            return Reply.text(status, Words.simulated(String.valueOf(e.getMessage())));
        }
    }

    private Reply raw(Cid cid) throws IOException {
        byte[] bytes = ((BlockSource) this::find).block(cid, new Verifier()).bytes();
        return Reply.of(200, "application/vnd.ipld.raw", Buffer.buffer(dress(bytes)))
                .header("ETag", "\"" + cid + ".raw\"")
                .header("X-Content-Type-Options", "nosniff");
    }

    private Reply car(Cid root, String rest, String scope) throws IOException {
        BlockSource source = this::find;
        UnixFsReader reader = new UnixFsReader(source);
        List<Cid> way = new ArrayList<>(rest.isEmpty() ? List.of(root) : reader.resolve(root, rest));
        Cid target = way.removeLast();
        Path made = Files.createTempFile(folder, "answer-", ".car");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(made), 1 << 16)) {
            CarWriter car = new CarWriter(out, List.of(target));
            Verifier verifier = new Verifier();
            for (Cid step : way) {
                car.accept(source.block(step, verifier));
            }
            boolean alone = scope.equals("block") || (scope.equals("entity") && isDirectory(reader, target));
            if (alone) {
                car.accept(source.block(target, verifier));
            } else {
                new DagWalk(source, DagLimits.DEFAULT).walk(List.of(target), car);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(made);
            throw e;
        }
        return carReply(made, root);
    }

    private Reply carReply(Path made, Cid root) throws IOException {
        String type = "application/vnd.ipld.car; version=1; order=dfs; dups=n";
        Reply reply = Reply.file(200, type, made, 0, Files.size(made), true);
        if (wrongBytes) {
            byte[] bytes = Files.readAllBytes(made);
            bytes[bytes.length - 1] ^= 1;
            Files.delete(made);
            reply = Reply.of(200, type, Buffer.buffer(bytes));
        }
        return reply.header("ETag", "W/\"" + root + ".car\"").header("X-Content-Type-Options", "nosniff");
    }

    private static boolean isDirectory(UnixFsReader reader, Cid cid) throws IOException {
        return cid.codec() == Codec.DAG_PB && reader.stat(cid).kind() != UnixFsStat.Kind.FILE;
    }

    private byte[] dress(byte[] bytes) {
        if (!wrongBytes || bytes.length == 0) {
            return bytes;
        }
        byte[] wrong = bytes.clone();
        wrong[wrong.length - 1] ^= 1;
        return wrong;
    }

    /** A block of any piece that is held. */
    byte @Nullable [] find(Cid cid) throws IOException {
        IndexedCar car = chain.locked(() -> desk.all().stream()
                .filter(deal -> deal.holdsData() && deal.car != null && deal.car.holds(cid))
                .findFirst()
                .map(deal -> deal.car)
                .orElse(null));
        return car == null ? null : car.find(cid);
    }
}
