package dev.pinfold.broker.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** The files of a directory tree in a stable order, and what had to be left out. */
final class FolderWalk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final boolean hidden;
    private final List<Path> files = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private int hiddenLeftOut;

    private FolderWalk(Path root, boolean hidden) {
        this.root = root;
        this.hidden = hidden;
    }

    /** Walks a tree. Links and special files are left out; names that begin with a dot too, unless asked for. */
    static FolderWalk of(Path root, boolean hidden) throws IOException {
        FolderWalk walk = new FolderWalk(root, hidden);
        Files.walkFileTree(root, walk);
        walk.files.sort(null);
        return walk;
    }

    List<Path> files() {
        return files;
    }

    /** One line per thing that is not in {@link #files()}. */
    List<String> leftOut() {
        List<String> lines = new ArrayList<>(leftOut);
        if (hiddenLeftOut > 0) {
            lines.add(hiddenLeftOut + " hidden entries are left out; --hidden adds them");
        }
        return lines;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        if (!directory.equals(root) && isHidden(directory)) {
            hiddenLeftOut++;
            return FileVisitResult.SKIP_SUBTREE;
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            if (!entries.iterator().hasNext() && !directory.equals(root)) {
                leftOut.add("the empty folder " + root.relativize(directory) + " is left out");
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (isHidden(file)) {
            hiddenLeftOut++;
        } else if (attributes.isRegularFile()) {
            files.add(file);
        } else {
            leftOut.add(root.relativize(file) + " is a link or a special file and is left out");
        }
        return FileVisitResult.CONTINUE;
    }

    private boolean isHidden(Path path) {
        Path name = path.getFileName();
        return !hidden && name != null && name.toString().startsWith(".");
    }
}
