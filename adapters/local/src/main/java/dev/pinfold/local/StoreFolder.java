package dev.pinfold.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of one store. A marker file, made together with it, tells the store from an empty mount point: what lacks
 * the marker is never written to, and a folder that vanished while it was in use is never made again.
 */
final class StoreFolder {
    private static final String MARKER = "pinfold-store";

    private final Path folder;
    private final boolean makeParents;
    private final Disk disk;
    private boolean opened;

    StoreFolder(Path folder, boolean makeParents, Disk disk) {
        this.folder = folder;
        this.makeParents = makeParents;
        this.disk = disk;
    }

    Path path() {
        return folder;
    }

    Path packs() {
        return folder.resolve("packs");
    }

    Path pins() {
        return folder.resolve("pins");
    }

    Path temporary() {
        return folder.resolve("tmp");
    }

    Path damaged() {
        return folder.resolve("damaged");
    }

    /** What tells this very folder from another one that takes its place. */
    Object identity() throws IOException {
        try {
            BasicFileAttributes marker = Files.readAttributes(folder.resolve(MARKER), BasicFileAttributes.class);
            return Objects.requireNonNullElse(marker.fileKey(), marker.creationTime());
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(folder)) {
                throw Failures.unavailable(
                        "store directory " + folder + " has no marker file '" + MARKER
                                + "': it was emptied or its disk is not mounted (to begin a new store there, remove the directory)");
            }
            throw Failures.unavailable("store directory " + folder + " is not there");
        }
    }

    /** Makes the folder at its first use ever, and takes its lock; the caller closes the channel. */
    FileChannel open() throws IOException {
        if (!opened && !Files.exists(folder)) {
            make();
        }
        identity();
        opened = true;
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another provider in this very process: the same answer.
        }
        channel.close();
        throw Failures.unavailable("store directory " + folder + " is in use by another provider or process");
    }

    private void make() throws IOException {
        Path parent = Objects.requireNonNullElse(folder.getParent(), folder);
        if (makeParents) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(parent)) {
            throw Failures.unavailable("store directory " + folder + " is not there, and neither is " + parent
                    + ": mount the disk or make that directory");
        }
        Path fresh = parent.resolve("." + folder.getFileName() + ".new");
        deleteTree(fresh);
        disk.makeFolder(fresh);
        for (String name : List.of("packs", "pins", "tmp", "damaged")) {
            disk.makeFolder(fresh.resolve(name));
        }
        try (FileChannel marker = disk.create(fresh.resolve(MARKER))) {
            String text = "pinfold-store 1\n" + UUID.randomUUID() + "\n";
            disk.write(marker, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            disk.force(marker);
        }
        disk.forceFolder(fresh);
        disk.move(fresh, folder);
        disk.forceFolder(parent);
    }

    private static void deleteTree(Path tree) throws IOException {
        if (Files.isDirectory(tree)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
