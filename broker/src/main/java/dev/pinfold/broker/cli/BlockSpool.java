package dev.pinfold.broker.cli;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Multihash;
import dev.pinfold.content.car.CarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The proven blocks of one download in a temporary file, which is gone when this is closed. */
final class BlockSpool implements BlockSource, AutoCloseable {
    private record Place(long offset, int size) {}

    private final FileChannel file;
    private final Map<Multihash, Place> places = new HashMap<>();
    private long end;

    private BlockSpool(FileChannel file) {
        this.file = file;
    }

    static BlockSpool in(Path folder) throws IOException {
        Path path = Files.createTempFile(folder, ".pinfold-", ".blocks");
        return new BlockSpool(FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
    }

    /** Takes every block of a CAR; one that is not what its CID says ends it. */
    void fill(InputStream car, LongConsumer progress) throws IOException {
        CarReader reader = new CarReader(car);
        for (Block block = reader.next(); block != null; block = reader.next()) {
            progress.accept(block.size());
            if (places.containsKey(block.cid().multihash())) {
                continue;
            }
            ByteBuffer bytes = block.buffer();
            long offset = end;
            while (bytes.hasRemaining()) {
                end += file.write(bytes, end);
            }
            places.put(block.cid().multihash(), new Place(offset, block.size()));
        }
    }

    long blocks() {
        return places.size();
    }

    @Override
    public byte @Nullable [] find(Cid cid) throws IOException {
        Place place = places.get(cid.multihash());
        if (place == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(place.size());
        while (bytes.hasRemaining()) {
            if (file.read(bytes, place.offset() + bytes.position()) < 0) {
                throw new IOException("the temporary file was cut while it was read");
            }
        }
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
