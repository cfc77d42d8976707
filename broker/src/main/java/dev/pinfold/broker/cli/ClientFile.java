package dev.pinfold.broker.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** {@code client.json} of the data directory: how commands on this machine find the broker. Only its owner reads it. */
final class ClientFile {
    private ClientFile() {}

    static void write(Path directory, URI endpoint, String token) throws IOException {
        boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
        Path fresh = posix
                ? Files.createTempFile(
                        directory,
                        ".client",
                        ".json",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(directory, ".client", ".json");
        String text =
                Json.write(Json.object().put("endpoint", endpoint.toString()).put("token", token));
        Files.write(fresh, (text + "\n").getBytes(StandardCharsets.UTF_8));
        Files.move(
                fresh,
                directory.resolve(ConnectionOptions.FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
