package dev.pinfold.kit.filecoin;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A CAR on disk whose blocks were proven once and can be read one by one. Safe for many threads. */
final class IndexedCar implements BlockSource {
    private record Place(long offset, int size) {}

    private record Index(List<Cid> roots, Map<Multihash, Place> places) {}

    private final Path file;
    private volatile @Nullable Index known;

    private IndexedCar(Path file, @Nullable Index known) {
        this.file = file;
        this.known = known;
    }

    /** A CAR that was read through before, and is read through again when somebody asks for what is in it. */
    static IndexedCar later(Path file) {
        return new IndexedCar(file, null);
    }

    /**
     * Reads a CAR through; throws {@link ContentException} when it is none. Zero bytes at its end are no part of it.
     */
    static IndexedCar of(Path file) throws IOException {
        return new IndexedCar(file, index(file));
    }

    private Index index() {
        Index there = known;
        if (there == null) {
            try {
                there = index(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            known = there;
        }
        return there;
    }

    private static Index index(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            CarReader reader = new CarReader(in, dev.pinfold.content.car.CarLimits.DEFAULT.withPadding(1L << 36));
            Map<Multihash, Place> places = new LinkedHashMap<>();
            for (Block block = reader.next(); block != null; block = reader.next()) {
                places.putIfAbsent(block.cid().multihash(), new Place(reader.position() - block.size(), block.size()));
            }
            return new Index(reader.header().roots(), places);
        }
    }

    List<Cid> roots() {
        return index().roots();
    }

    Path file() {
        return file;
    }

    boolean holds(Cid cid) {
        return index().places().containsKey(cid.multihash());
    }

    @Override
    public byte @Nullable [] find(Cid cid) throws IOException {
        Place place = index().places().get(cid.multihash());
        if (place == null) {
            return null;
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[place.size()];
            open.seek(place.offset());
            open.readFully(bytes);
            return bytes;
        }
    }
}
