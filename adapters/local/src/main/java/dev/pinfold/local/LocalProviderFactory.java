package dev.pinfold.local;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Makes hot stores on this machine's disk: type {@code local}. */
public final class LocalProviderFactory implements ProviderFactory {
    @Override
    public String type() {
        return "local";
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting(
                        "path",
                        Setting.Kind.PATH,
                        true,
                        null,
                        "The folder of the store; made on first use, when the folder above it exists"),
                new Setting(
                        "capacity",
                        Setting.Kind.SIZE,
                        false,
                        null,
                        "The most the store may hold, at least 1 MiB; without it the disk is the limit"),
                new Setting(
                        "fsync",
                        Setting.Kind.BOOLEAN,
                        false,
                        "true",
                        "Whether content is on the disk before it is called stored; false only for tests"));
    }

    @Override
    public Provider open(ProviderConfig config) {
        return new LocalProvider(
                config.id(), new PackStore(folder(config), relative(config), capacity(config), disk(config)));
    }

    private static Path folder(ProviderConfig config) {
        String text = config.text("path");
        try {
            if (text.isBlank()) {
                throw new IllegalArgumentException("setting 'path' of provider " + config.id() + " is empty");
            }
            return config.dataDirectory().resolve(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "setting 'path' of provider " + config.id() + " is not a path: " + e.getMessage(), e);
        }
    }

    /** Folders below the broker's own are made as needed; elsewhere a missing parent means a disk that is not mounted. */
    private static boolean relative(ProviderConfig config) {
        return !Path.of(config.text("path")).isAbsolute();
    }

    private static long capacity(ProviderConfig config) {
        String text = config.textOrNull("capacity");
        if (text == null) {
            return Long.MAX_VALUE;
        }
        try {
            long bytes = Long.parseLong(text);
            if (bytes >= 1 << 20) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number that is too small.
        }
        throw new IllegalArgumentException("setting 'capacity' of provider " + config.id()
                + " must be a size of at least 1MiB, not '" + text + "'");
    }

    private static Disk disk(ProviderConfig config) {
        String text = config.textOrNull("fsync");
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(
                    "setting 'fsync' of provider " + config.id() + " must be true or false, not '" + text + "'");
        }
        return new Disk(!"false".equals(text));
    }
}
