package dev.pinfold.local;

import dev.pinfold.content.Block;
import dev.pinfold.content.BlockSource;
import dev.pinfold.content.Cid;
import dev.pinfold.content.Verifier;
import dev.pinfold.content.car.CarReader;
import dev.pinfold.content.dag.DagLimits;
import dev.pinfold.content.dag.DagWalk;
import dev.pinfold.spi.CarSource;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.ProviderException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One upload from the first block to the pin's record. The order of its writes is what makes a crash harmless: blocks into
 * a temporary file, the file gets its name, and only then the record that says the pin is there.
 */
final class Upload implements AutoCloseable {
    private final PackStore store;
    private final Contents contents;
    private final StoreFolder folder;
    private final Disk disk;
    private final String key;
    private final Set<Pack> held = new HashSet<>();
    private final Verifier verifier = new Verifier();
    private long reserved;
    private boolean uncertain;

    /** The caller has begun the upload in {@code contents}. */
    Upload(PackStore store, Contents contents, StoreFolder folder, Disk disk, String key) {
        this.store = store;
        this.contents = contents;
        this.folder = folder;
        this.disk = disk;
        this.key = key;
    }

    /** Takes the blocks, checks that none is missing, and writes the pin. */
    PinRecord run(Cid root, CarSource car, Deadline deadline) throws IOException {
        String name = UUID.randomUUID().toString();
        Path temporary = folder.temporary().resolve(name + ".car");
        try (PackWriter writer = new PackWriter(disk, temporary, root, this::reserve)) {
            takeBlocks(root, car, deadline, writer);
            Tally tally = checkComplete(root, deadline, writer);
            if (!writer.isEmpty()) {
                tally.needed.add(keepPack(name, writer));
            }
            PinRecord pin = new PinRecord(
                    key,
                    root,
                    tally.blocks,
                    tally.bytes,
                    tally.needed.stream().map(Pack::name).sorted().toList());
            check(deadline);
            writeRecord(pin);
            contents.add(pin, tally.needed);
            return pin;
        }
    }

    private void reserve(long bytes) {
        contents.reserve(bytes);
        reserved += bytes;
    }

    private void takeBlocks(Cid root, CarSource car, Deadline deadline, PackWriter writer) throws IOException {
        try (InputStream in = new SourceStream(open(car))) {
            CarReader reader = new CarReader(in);
            List<Cid> roots = reader.header().roots();
            if (roots.size() != 1 || !roots.get(0).multihash().equals(root.multihash())) {
                throw Failures.invalid("the CAR has roots " + roots + " and the order is for " + root);
            }
            for (Block block = reader.next(); block != null; block = reader.next()) {
                check(deadline);
                takeBlock(block, writer);
            }
        }
    }

    private static InputStream open(CarSource car) {
        try {
            return car.open();
        } catch (IOException e) {
            throw Failures.unavailable("the content to upload could not be read: " + e);
        }
    }

    private void takeBlock(Block block, PackWriter writer) throws IOException {
        BlockTable.Key blockKey = BlockTable.Key.of(block.cid().multihash());
        if (block.cid().multihash().isIdentity() || writer.find(blockKey) != null) {
            return;
        }
        // A block the store has is not written again, once its bytes on the disk were found to be right.
        if (contents.hold(blockKey, held) == null || !isSound(block)) {
            writer.add(block);
        }
    }

    private boolean isSound(Block block) throws IOException {
        try {
            byte[] bytes = contents.find(block.cid(), verifier);
            return bytes != null && Arrays.equals(bytes, block.bytes());
        } catch (ProviderException e) {
            if (e.failure() instanceof Failure.ProtocolViolation) {
                return false;
            }
            throw e;
        }
    }

    /** What a walk of the whole DAG met. */
    private static final class Tally {
        private final Set<Pack> needed = new HashSet<>();
        private long blocks;
        private long bytes;
    }

    private Tally checkComplete(Cid root, Deadline deadline, PackWriter writer) throws IOException {
        Tally tally = new Tally();
        BlockSource source = cid -> {
            BlockTable.Place place = writer.find(BlockTable.Key.of(cid.multihash()));
            return place == null ? contents.find(cid, verifier) : writer.read(place);
        };
        DagLimits limits = DagLimits.DEFAULT.withTime(deadline.remaining());
        List<Cid> missing = new DagWalk(source, limits).missing(List.of(root), cid -> meet(cid, writer, tally), 1);
        if (!missing.isEmpty()) {
            throw Failures.invalid("the CAR lacks block " + missing.get(0) + " of the DAG below " + root);
        }
        return tally;
    }

    private boolean meet(Cid cid, PackWriter writer, Tally tally) {
        BlockTable.Key blockKey = BlockTable.Key.of(cid.multihash());
        BlockTable.Place place = writer.find(blockKey);
        if (place == null) {
            Pack pack = contents.hold(blockKey, held);
            place = contents.place(blockKey);
            if (pack == null || place == null) {
                return false;
            }
            tally.needed.add(pack);
        }
        tally.blocks++;
        tally.bytes += place.length();
        return true;
    }

    private Pack keepPack(String name, PackWriter writer) throws IOException {
        Path car = folder.packs().resolve(name + ".car");
        writer.finish(car);
        Pack pack = contents.add(name, writer.size(), writer.table(), held);
        reserved = 0;
        Path index = folder.temporary().resolve(name + ".idx");
        try (FileChannel file = disk.create(index)) {
            disk.write(file, Pack.indexBytes(writer.table(), writer.size()));
        }
        disk.move(index, pack.index());
        disk.forceFolder(folder.packs());
        return pack;
    }

    private void writeRecord(PinRecord pin) throws IOException {
        Path temporary = folder.temporary().resolve(PinRecord.fileName(key));
        try {
            try (FileChannel file = disk.create(temporary)) {
                disk.write(file, ByteBuffer.wrap(pin.write()));
                disk.force(file);
            }
            uncertain = true;
            disk.move(temporary, folder.pins().resolve(PinRecord.fileName(key)));
            disk.forceFolder(folder.pins());
            uncertain = false;
        } catch (IOException e) {
            if (uncertain) {
                throw new ProviderException(
                        new Failure.OutcomeUnknown(key, "the pin's record may have been written: " + e.getMessage()),
                        e);
            }
            disk.delete(temporary);
            throw e;
        }
    }

    private static void check(Deadline deadline) {
        if (deadline.expired()) {
            throw Failures.unavailable("the deadline passed during the upload; nothing of it was kept");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw Failures.unavailable("the upload was interrupted; nothing of it was kept");
        }
    }

    @Override
    public void close() throws IOException {
        if (uncertain) {
            // The record may stand on the disk: the folder has to be read again before anything is removed.
            store.forget(contents);
            return;
        }
        contents.giveBack(reserved);
        contents.end(key, held);
    }

    /** Tells the failures of the upload's source from those of the store's disk. */
    private static final class SourceStream extends FilterInputStream {
        SourceStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw Failures.unavailable("the content to upload could not be read: " + e);
            }
        }

        @Override
        public int read(byte @Nullable [] bytes, int from, int length) throws IOException {
            try {
                return super.read(bytes, from, length);
            } catch (IOException e) {
                throw Failures.unavailable("the content to upload could not be read: " + e);
            }
        }
    }
}
