package dev.pinfold.local;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.ProviderContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** The local store keeps the contract of every provider; its own books are the files in its folder. */
class LocalContractTest extends ProviderContract {
    @TempDir
    Path folder;

    @Override
    protected ProviderFactory factory() {
        return new LocalProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new FolderWorld(folder.resolve("store"));
    }

    private record FolderWorld(Path store) implements World {
        @Override
        public ProviderConfig config() {
            return new ProviderConfig(
                    "here",
                    Map.of("path", store.toString(), "fsync", "false"),
                    Path.of(String.valueOf(store.getParent())));
        }

        @Override
        public Map<String, String> wrongSettings() {
            return Map.of("capacity", "12", "fsync", "yes", "path", " ");
        }

        @Override
        public void offer(Dag dag) {
            throw new UnsupportedOperationException("a local store does not fetch");
        }

        @Override
        public long held(Cid root) {
            return filesOf("pins")
                    .filter(text -> text.contains("\ncid " + root + "\n"))
                    .count();
        }

        private Stream<String> filesOf(String name) {
            Path pins = store.resolve(name);
            if (!Files.isDirectory(pins)) {
                return Stream.empty();
            }
            try (Stream<Path> files = Files.list(pins)) {
                return files.map(FolderWorld::text).toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String text(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long contacts() {
            return Files.exists(store) ? 1 : 0;
        }

        @Override
        public void close() {
            // The folder is removed by JUnit.
        }
    }
}
