package dev.pinfold.broker.cli;

import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.unixfs.DirectoryEntry;
import dev.pinfold.content.unixfs.UnixFsReader;
import dev.pinfold.content.unixfs.UnixFsStat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes a UnixFS file or directory to disk: under another name first, so that nothing half-written shows. */
final class TreeOutput {
    private static final int MAX_DEPTH = 256;

    private final UnixFsReader reader;
    private final Consumer<String> leftOut;
    private long files;
    private long bytes;

    TreeOutput(UnixFsReader reader, Consumer<String> leftOut) {
        this.reader = reader;
        this.leftOut = leftOut;
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    void write(Cid cid, Path destination, boolean replace) throws IOException {
        Path parent = destination.toAbsolutePath().getParent();
        Path scratch = Files.createTempDirectory(parent, ".pinfold-");
        try {
            Path whole = scratch.resolve("content");
            node(cid, whole, 0);
            if (!Files.exists(whole)) {
                throw new CliException(Exit.NO, cid + " is a symbolic link; nothing is written");
            }
            if (replace) {
                Files.move(whole, destination, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(whole, destination);
            }
        } finally {
            delete(scratch);
        }
    }

    private void node(Cid cid, Path path, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw ContentException.tooLarge("directories are nested more than " + MAX_DEPTH + " deep");
        }
        UnixFsStat stat = reader.stat(cid);
        switch (stat.kind()) {
            case FILE -> file(cid, path);
            case DIRECTORY -> directory(cid, path, depth);
            case SYMLINK -> leftOut.accept(path.getFileName() + " is a symbolic link and is left out");
        }
    }

    private void file(Cid cid, Path path) throws IOException {
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            bytes += reader.open(cid).copyTo(out);
            files++;
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        }
    }

    private void directory(Cid cid, Path path, int depth) throws IOException {
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            throw twice(path, e);
        }
        for (DirectoryEntry entry : reader.list(cid)) {
            node(entry.cid(), path.resolve(entry.name()), depth + 1);
        }
    }

    private static CliException twice(Path path, IOException e) {
        String text = "two entries of the directory are both '" + path.getFileName() + "' on this file system";
        return new CliException(Exit.NO, text, e);
    }

    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
