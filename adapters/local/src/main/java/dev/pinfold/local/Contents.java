package dev.pinfold.local;

import dev.pinfold.content.Cid;
import dev.pinfold.content.Verifier;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an open store holds: its pins, its packs and where each block lies. Read from the folder when it is opened; what a
 * crash left half done is removed then.
 *
 * <p>A pack lives as long as a pin needs it or an upload relies on it. Every method is safe for many threads.
 */
final class Contents {
    private final StoreFolder folder;
    private final Disk disk;
    private final long capacity;
    private final Object identity;
    private final FileChannel lock;
    private final BlockTable table = new BlockTable();
    private final Map<String, Pack> packs = new HashMap<>();
    private final Map<Integer, Pack> packsByNumber = new HashMap<>();
    private final TreeMap<String, PinRecord> pins = new TreeMap<>();
    private final Set<String> uploading = new HashSet<>();
    private int lastNumber;
    private long used;

    /** Reads the folder; the lock is held until {@link #close}. */
    Contents(StoreFolder folder, Disk disk, long capacity, FileChannel lock) throws IOException {
        this.folder = folder;
        this.disk = disk;
        this.capacity = capacity;
        this.lock = lock;
        this.identity = folder.identity();
        for (Path left : files(folder.temporary())) {
            disk.delete(left);
        }
        readPins();
        readPacks();
        readDamage();
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(files::add);
        }
        return files;
    }

    private void readPins() throws IOException {
        for (Path file : files(folder.pins())) {
            PinRecord pin = PinRecord.read(Files.readAllBytes(file)).orElse(null);
            if (pin == null) {
                // A record that cannot be read is no promise; the order is absent and will be given again.
                disk.move(file, folder.damaged().resolve(String.valueOf(file.getFileName())));
            } else {
                pins.put(pin.key(), pin);
            }
        }
    }

    private void readPacks() throws IOException {
        Map<String, Integer> needed = new HashMap<>();
        pins.values().forEach(pin -> pin.packs().forEach(name -> needed.merge(name, 1, Integer::sum)));
        for (Path file : files(folder.packs())) {
            String fileName = String.valueOf(file.getFileName());
            String name = fileName.replaceFirst("\\.(car|idx)$", "");
            int users = needed.getOrDefault(name, 0);
            if (users == 0) {
                disk.delete(file);
            } else if (fileName.endsWith(".car")) {
                Pack pack = register(name, Files.size(file));
                for (int i = 0; i < users; i++) {
                    pack.use();
                }
                pack.load(table);
            }
        }
    }

    private void readDamage() throws IOException {
        for (Path file : files(folder.damaged())) {
            String[] parts = String.valueOf(file.getFileName()).split("@", -1);
            Pack pack = packs.get(parts[0]);
            if (pack != null && parts.length == 2) {
                pack.markDamaged();
                table.removePlace(pack.number(), Long.parseLong(parts[1]));
            }
        }
    }

    private Pack register(String name, long size) {
        Pack pack = new Pack(name, ++lastNumber, folder.packs(), size);
        packs.put(name, pack);
        packsByNumber.put(pack.number(), pack);
        used += size;
        return pack;
    }

    /** Whether the folder is still the one that was read. Throws where it is not there. */
    boolean isCurrent() throws IOException {
        return folder.identity().equals(identity);
    }

    synchronized @Nullable PinRecord pin(String key) {
        return pins.get(key);
    }

    /** Pins in the order of their keys, from the one after this key; null for the first. */
    synchronized List<PinRecord> pinsAfter(@Nullable String key, int most) {
        Collection<PinRecord> rest =
                key == null ? pins.values() : pins.tailMap(key, false).values();
        return rest.stream().limit(most).toList();
    }

    /** Says what is wrong with a pin's content; null where nothing is known to be. */
    synchronized @Nullable String flaw(PinRecord pin) {
        for (String name : pin.packs()) {
            Pack pack = packs.get(name);
            if (pack == null || !Files.exists(pack.car())) {
                return "its file " + name + ".car is missing in " + folder.packs();
            }
            if (pack.damaged()) {
                return "blocks of it in " + name + ".car were found damaged and set aside in " + folder.damaged();
            }
        }
        return null;
    }

    /** Begins an upload; false where one of the same key is under way. */
    synchronized boolean begin(String key) {
        return uploading.add(key);
    }

    synchronized boolean isUploading(String key) {
        return uploading.contains(key);
    }

    /** Ends an upload: its packs live on where a pin needs them. */
    synchronized void end(String key, Collection<Pack> held) throws IOException {
        uploading.remove(key);
        for (Pack pack : held) {
            release(pack);
        }
    }

    /** Books bytes that are about to be written. */
    synchronized void reserve(long bytes) {
        if (bytes > capacity - used) {
            throw Failures.full("the store in " + folder.path() + " may hold " + capacity + " bytes and has " + used
                    + "; " + bytes + " more do not fit");
        }
        used += bytes;
    }

    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    /** The pack that holds a block; kept from now on for the caller when it adds it to {@code held}. */
    synchronized @Nullable Pack hold(BlockTable.Key key, Set<Pack> held) {
        BlockTable.Place place = table.find(key);
        Pack pack = place == null ? null : packsByNumber.get(place.pack());
        if (pack != null && held.add(pack)) {
            pack.use();
        }
        return pack;
    }

    /** Some place of a block; null where it is not known. */
    synchronized BlockTable.@Nullable Place place(BlockTable.Key key) {
        return table.find(key);
    }

    /** Adds a finished pack, held by the caller. Its bytes were reserved before. */
    synchronized Pack add(String name, long size, BlockTable blocks, Set<Pack> held) {
        Pack pack = register(name, size);
        used -= size;
        pack.use();
        held.add(pack);
        blocks.forEach(
                (key, place) -> table.add(key, new BlockTable.Place(pack.number(), place.offset(), place.length())));
        return pack;
    }

    /** Adds a pin whose record is on the disk. */
    synchronized void add(PinRecord pin, Collection<Pack> needed) {
        pins.put(pin.key(), pin);
        needed.forEach(Pack::use);
    }

    /** Removes a pin and every pack that nothing needs any more. */
    synchronized void remove(PinRecord pin) throws IOException {
        if (!pins.containsKey(pin.key())) {
            return;
        }
        disk.delete(folder.pins().resolve(PinRecord.fileName(pin.key())));
        disk.forceFolder(folder.pins());
        pins.remove(pin.key());
        for (String name : pin.packs()) {
            Pack pack = packs.get(name);
            if (pack != null) {
                release(pack);
            }
        }
    }

    private void release(Pack pack) throws IOException {
        pack.release();
        if (pack.users() > 0) {
            return;
        }
        packs.remove(pack.name());
        packsByNumber.remove(pack.number());
        table.removePack(pack.number());
        used -= pack.size();
        disk.delete(pack.car());
        disk.delete(pack.index());
        if (pack.damaged()) {
            for (Path file : files(folder.damaged())) {
                if (String.valueOf(file.getFileName()).startsWith(pack.name() + "@")) {
                    disk.delete(file);
                }
            }
        }
    }

    /**
     * The bytes of a block, proven; null where the store does not have it. Bytes that are not what they should be are set
     * aside with their evidence, and another copy is tried.
     *
     * @throws dev.pinfold.spi.ProviderException a ProtocolViolation, where every copy was damaged
     */
    byte @Nullable [] find(Cid cid, Verifier verifier) throws IOException {
        BlockTable.Key key = BlockTable.Key.of(cid.multihash());
        String evidence = null;
        while (true) {
            BlockTable.Place place;
            Pack pack;
            synchronized (this) {
                place = table.find(key);
                pack = place == null ? null : packsByNumber.get(place.pack());
            }
            if (place == null || pack == null) {
                if (evidence != null) {
                    throw Failures.damaged(evidence);
                }
                return null;
            }
            byte[] bytes = readOrNull(pack, place);
            if (bytes != null && verifier.matches(cid.multihash(), bytes, 0, bytes.length)) {
                return bytes;
            }
            evidence = "block " + cid + " at byte " + place.offset() + " of " + pack.car()
                    + (bytes == null ? " cannot be read" : " does not have its hash any more") + "; it was set aside";
            quarantine(key, pack, place, evidence, bytes);
        }
    }

    private byte @Nullable [] readOrNull(Pack pack, BlockTable.Place place) throws IOException {
        try {
            return pack.read(place);
        } catch (EOFException e) {
            return null;
        } catch (IOException e) {
            // The disk may have gone away altogether, or another thread has just let go of this pack.
            if (!isCurrent()) {
                throw Failures.unavailable("store directory " + folder.path() + " was replaced by another");
            }
            if (Disk.isGone(e)) {
                return null;
            }
            throw e;
        }
    }

    private synchronized void quarantine(
            BlockTable.Key key, Pack pack, BlockTable.Place place, String evidence, byte @Nullable [] bytes) {
        table.remove(key, place);
        if (packs.get(pack.name()) != pack) {
            return;
        }
        pack.markDamaged();
        Path file = folder.damaged().resolve(pack.name() + "@" + place.offset());
        try {
            disk.delete(file);
            try (FileChannel out = disk.create(file)) {
                disk.write(out, ByteBuffer.wrap((evidence + "\n").getBytes(StandardCharsets.UTF_8)));
                disk.write(out, ByteBuffer.wrap(bytes == null ? new byte[0] : bytes));
            }
        } catch (IOException e) {
            // A disk that fails or is full: the damage is found again by the next read after a restart.
        }
    }

    /** Gives up the folder's lock. */
    void close() throws IOException {
        lock.close();
    }
}
