package dev.pinfold.broker.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The checkout that the tests run in. */
final class Repository {
    /** What builds and brokers leave behind: see {@code .gitignore}. */
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "data", ".pinfold", "node_modules", ".idea", ".vscode", ".jqwik-database");

    private Repository() {}

    static Path root() {
        return Path.of(System.getProperty("pinfold.root")).toAbsolutePath().normalize();
    }

    static String text(String path) {
        try {
            return Files.readString(root().resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read: " + e, e);
        }
    }

    /** Every file that belongs to the project, relative to the root, sorted. */
    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return ours(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (ours(file) && attributes.isRegularFile()) {
                    files.add(root().relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }

    private static boolean ours(Path path) {
        String name = path.getFileName().toString();
        boolean data = name.equals("data") && !root().equals(path.getParent());
        return path.equals(root()) || data || !(NOT_OURS.contains(name) || name.endsWith(".log"));
    }
}
