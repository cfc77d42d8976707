package dev.pinfold.broker.cold;

import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Codec;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.car.CarWriter;
import dev.pinfold.content.dag.DagCbor;
import dev.pinfold.content.piece.Node;
import dev.pinfold.content.piece.Piece;
import dev.pinfold.content.piece.PieceHasher;
import dev.pinfold.content.piece.PieceOutput;
import dev.pinfold.content.piece.PieceSize;
import dev.pinfold.spi.CarSource;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of pieces on this machine's disk: one CAR each, complete or not there at all.
 *
 * <p>A CAR is written to {@code work/}, forced to the disk and renamed; the commitment is computed while it is written.
 * Whatever a killed broker left unfinished is removed when the shelf is opened. The CAR's root is a DAG-CBOR node in the
 * shape of a CAR header, which links to the contents' roots, in groups where they are many. After it come the contents one
 * after the other, each with all of its blocks, so that one range of the file is one whole content.
 */
public final class PieceShelf implements AutoCloseable {
    /** Links per index node: a node stays well below a block's limit. */
    private static final int GROUP = 4096;

    private static final int BUFFER = 1 << 20;
    private static final Pattern NAME = Pattern.compile("piece-([0-9]{1,18})\\.car");

    private final Path folder;
    private final Path work;
    private final int cores = Runtime.getRuntime().availableProcessors();
    private final ExecutorService helpers = Executors.newFixedThreadPool(
            cores, Thread.ofPlatform().name("piece-", 0).daemon().factory());

    /** A content to be written. */
    public record Source(Cid root, CarSource car) {}

    /** Where a content's blocks are in the CAR. */
    public record Region(Cid root, long offset, long length) {}

    /** What was written. */
    public record Packed(Piece piece, Cid root, List<Region> regions) {
        public Packed {
            regions = List.copyOf(regions);
        }
    }

    private PieceShelf(Path folder) {
        this.folder = folder;
        this.work = folder.resolve("work");
    }

    /** Opens the shelf in a directory, which is made if need be. */
    public static PieceShelf open(Path folder) throws IOException {
        PieceShelf shelf = new PieceShelf(folder);
        Files.createDirectories(shelf.work);
        try (Stream<Path> leftovers = Files.list(shelf.work)) {
            for (Path file : (Iterable<Path>) leftovers::iterator) {
                Files.delete(file);
            }
        }
        return shelf;
    }

    /** The file of a piece; empty when this disk does not have it. */
    public Optional<Path> find(long id) {
        Path file = file(id);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    private Path file(long id) {
        return folder.resolve("piece-" + id + ".car");
    }

    /** The ids of all files. */
    public List<Long> all() throws IOException {
        List<Long> ids = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches() && Files.isRegularFile(file)) {
                    ids.add(Long.valueOf(name.group(1)));
                }
            }
        }
        return ids;
    }

    /** Removes the file of a piece, where there is one. Who has it open reads on. */
    public void remove(long id) throws IOException {
        Files.deleteIfExists(file(id));
        Files.deleteIfExists(tree(id));
    }

    /**
     * The roots of the piece's subtrees of 1 MiB, for {@link dev.pinfold.content.piece.RangeProof}. They are kept beside the
     * file; where they are not, the file is read through.
     */
    public List<Node> subtrees(long id) throws IOException {
        if (Files.isRegularFile(tree(id))) {
            byte[] kept = Files.readAllBytes(tree(id));
            List<Node> nodes = new ArrayList<>();
            for (int at = 0; at + Node.BYTES <= kept.length; at += Node.BYTES) {
                nodes.add(Node.of(Arrays.copyOfRange(kept, at, at + Node.BYTES)));
            }
            return nodes;
        }
        PieceHasher hasher = PieceHasher.parallel(helpers, 2 * cores);
        try (InputStream in = Files.newInputStream(file(id))) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        hasher.finish();
        keepTree(id, hasher.subtrees());
        return hasher.subtrees();
    }

    /** What was kept of another file under this number would be wrong, so it is replaced before the file is. */
    private void keepTree(long id, List<Node> nodes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(nodes.size() * Node.BYTES);
        for (Node node : nodes) {
            out.write(node.bytes());
        }
        Path part = work.resolve("piece-" + id + ".tree");
        Files.write(part, out.toByteArray());
        Files.move(part, tree(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path tree(long id) {
        return folder.resolve("piece-" + id + ".tree");
    }

    /**
     * Writes the CAR of a piece, instead of any that is there. Every block is verified on its way. On the disk when this
     * returns.
     *
     * @param sources in the order in which they come; at least one
     * @param atLeast the piece is zero-filled up to this size
     */
    public Packed write(long id, List<Source> sources, PieceSize atLeast) throws IOException {
        Path part = work.resolve("piece-" + id + ".part");
        Packed packed;
        try (FileChannel channel = FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                OutputStream file = java.nio.channels.Channels.newOutputStream(channel)) {
            PieceHasher hasher = PieceHasher.parallel(helpers, 2 * cores);
            BufferedOutputStream out = new BufferedOutputStream(new PieceOutput(file, hasher), BUFFER);
            packed = pack(sources, out, hasher, atLeast);
            channel.force(true);
            keepTree(id, hasher.subtrees());
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder();
        return packed;
    }

    private static Packed pack(List<Source> sources, OutputStream out, PieceHasher hasher, PieceSize atLeast)
            throws IOException {
        List<Block> groups = new ArrayList<>();
        for (int from = 0; from < sources.size(); from += GROUP) {
            groups.add(links(sources.subList(from, Math.min(from + GROUP, sources.size())).stream()
                    .map(Source::root)
                    .toList()));
        }
        Block root = groups.size() == 1
                ? groups.getFirst()
                : links(groups.stream().map(Block::cid).toList());
        CarWriter car = new CarWriter(out, List.of(root.cid()));
        car.accept(root);
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            if (i % GROUP == 0 && groups.size() > 1) {
                car.accept(groups.get(i / GROUP));
            }
            regions.add(copy(sources.get(i), car));
        }
        out.flush();
        return new Packed(hasher.finish(atLeast), root.cid(), regions);
    }

    private static Block links(List<Cid> roots) {
        return Block.of(Codec.DAG_CBOR, DagCbor.writeRoots(roots));
    }

    private static Region copy(Source source, CarWriter car) throws IOException {
        long start = car.size();
        try (InputStream in = source.car().open()) {
            CarReader reader = new CarReader(in);
            for (Block block = reader.next(); block != null; block = reader.next()) {
                car.accept(block);
            }
        }
        return new Region(source.root(), start, car.size() - start);
    }

    /** A rename is on the disk only when its folder is. */
    private void forceFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() {
        helpers.shutdownNow();
    }
}
