package dev.pinfold.broker.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where Pinfold itself is installed: the folder with {@code config/}. */
final class Home {
    private Home() {}

    static Path directory() {
        String given = System.getProperty("pinfold.home");
        Path home = given == null ? Path.of(".") : Path.of(given);
        if (!Files.isDirectory(home.resolve("config"))) {
            throw new CliException(
                    Exit.USAGE, "there is no config folder in " + home.toAbsolutePath() + "; start with ./pinfold");
        }
        return home;
    }
}
