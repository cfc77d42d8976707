package dev.pinfold.broker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of a benchmark's own, which goes away with all that is in it. */
record ScratchFolder(Path path) implements AutoCloseable {
    static ScratchFolder open() throws IOException {
        return new ScratchFolder(Files.createTempDirectory("pinfold-bench"));
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
