package dev.pinfold.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Every change the store makes to its disk goes through here, one call per step. What is on the disk after any of these
 * steps, and no later one, is a state the store must be able to open again; tests stop after each of them.
 */
class Disk {
    private final boolean fsync;

    /**
     * The real disk.
     *
     * @param fsync whether {@link #force} and {@link #forceFolder} wait for the hardware
     */
    Disk(boolean fsync) {
        this.fsync = fsync;
    }

    /** Makes a new, empty file. */
    FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Appends all bytes. */
    void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** Brings the file's bytes to the hardware. */
    void force(FileChannel file) throws IOException {
        if (fsync) {
            file.force(false);
        }
    }

    /** Gives a file its final name in one step. */
    void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Brings a folder's names to the hardware. */
    void forceFolder(Path folder) throws IOException {
        if (fsync) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Removes a file; one that is not there is fine. */
    void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** Makes a folder; one that is there is fine. Its parent must exist. */
    void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
        }
    }

    /** Whether a failure means that there is no room left. */
    static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("No space left")
                || message.contains("quota exceeded")
                || message.contains("File too large");
    }

    /** Whether a failure means that a file or folder is gone. */
    static boolean isGone(IOException e) {
        return e instanceof NoSuchFileException
                || String.valueOf(e.getMessage()).contains("No such file");
    }
}
