package dev.pinfold.broker.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The folder of one embedded PostgreSQL: its data, password, log, and the lock that keeps a second broker out.
 *
 * <p>Readable by its owner only. Each step leaves either nothing or a whole result, so a start that was cut short is
 * simply made again.
 */
final class PostgresHome implements AutoCloseable {
    /** A unix socket's path holds 107 bytes on Linux and 103 on macOS, and PostgreSQL appends its own name. */
    private static final int LONGEST_SOCKET_FOLDER = 103 - "/.s.PGSQL.5432".length();

    private static final long LOG_LIMIT = 16L << 20;
    static final String USER = "pinfold";

    private final Path home;
    private final FileChannel lockFile;
    private final Path socketFolder;

    private PostgresHome(Path home, FileChannel lockFile, Path socketFolder) {
        this.home = home;
        this.lockFile = lockFile;
        this.socketFolder = socketFolder;
    }

    /** Makes the folder where it is missing and takes its lock. */
    static PostgresHome open(Path folder) {
        try {
            Path home = folder.toAbsolutePath().normalize();
            Files.createDirectories(home);
            // PostgreSQL compares paths as text, and so do we when we look for its process.
            home = home.toRealPath();
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            FileChannel lock = lock(home);
            try {
                return new PostgresHome(home, lock, socketFolder(home));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the database folder " + folder + " cannot be used: " + e, e);
        }
    }

    private static FileChannel lock(Path home) throws IOException {
        FileChannel channel = FileChannel.open(
                home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by another broker in this JVM: the same answer.
        }
        channel.close();
        throw new IllegalStateException(
                "another Pinfold runs on " + home + ": stop it, or give this one its own folder with --data");
    }

    private static Path socketFolder(Path home) throws IOException {
        if (home.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_FOLDER) {
            return home;
        }
        Path note = home.resolve("socket-folder");
        if (Files.exists(note)) {
            Path before = Path.of(Files.readString(note).strip());
            if (isPrivate(before, home)) {
                return before;
            }
        }
        Path folder = Files.createTempDirectory("pinfold-pg-");
        Files.writeString(note, folder.toString());
        return folder;
    }

    private static boolean isPrivate(Path folder, Path home) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(home))
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                        .equals("rwx------");
    }

    Path data() {
        return home.resolve("data");
    }

    /** Where PostgreSQL puts its unix socket: this folder, or a private short one where this path is too long. */
    Path socketFolder() {
        return socketFolder;
    }

    Path log() {
        return home.resolve("postgres.log");
    }

    String password() {
        try {
            return Files.readString(home.resolve("password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the database password is missing: put " + home.resolve("password") + " back from a backup", e);
        }
    }

    /** Makes the data directory where there is none yet. */
    void initialise(PostgresBinaries binaries) {
        try {
            if (Files.exists(data())) {
                return;
            }
            Path fresh = home.resolve("data.new");
            PostgresBinaries.deleteTree(fresh);
            writePassword();
            run(binaries, fresh);
            Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the database in " + home + " could not be made: " + e, e);
        }
    }

    private void writePassword() throws IOException {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        Path file = home.resolve("password");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    private void run(PostgresBinaries binaries, Path fresh) throws IOException {
        String[] arguments = {
            "-D",
            fresh.toString(),
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "--pwfile",
            home.resolve("password").toString(),
            // Iterations slow down who guesses a weak password. This one is 256 random bits, and every connection pays.
            "-c",
            "scram_iterations=1",
            "-E",
            "UTF8",
            "--locale",
            "C"
        };
        Process process = new ProcessBuilder(binaries.command("initdb", arguments))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(
                        "the database could not be made in " + home + permissionAdvice() + "; " + logTail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the database was made in " + home, e);
        } finally {
            process.destroyForcibly();
        }
    }

    private String permissionAdvice() {
        return logSince(0).contains("unshare")
                ? " (this system does not let root make a user namespace: start as another user or set database.url)"
                : "";
    }

    /** Starts a fresh log file where the old one has grown large. */
    void rotateLog() throws IOException {
        if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT) {
            Files.move(log(), home.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    long logSize() {
        return log().toFile().length();
    }

    /** What the server wrote to its log since it had this size; at most the last 64 KiB. */
    String logSince(long from) {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            long begin = Math.max(Math.min(from, file.length()), file.length() - (64 << 10));
            byte[] bytes = new byte[(int) (file.length() - begin)];
            file.seek(begin);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** The end of the log as part of an error sentence. */
    String logTail() {
        String[] lines = logSince(0).strip().split("\n");
        String tail = java.util.Arrays.stream(lines)
                .skip(Math.max(0, lines.length - 4))
                .map(String::strip)
                .collect(Collectors.joining(" | "));
        return "the end of " + log() + " says: " + (tail.length() > 600 ? tail.substring(tail.length() - 600) : tail);
    }

    /** Gives up the lock and the short socket folder. */
    @Override
    public void close() {
        try {
            if (!socketFolder.equals(home)) {
                PostgresBinaries.deleteTree(socketFolder);
                Files.deleteIfExists(home.resolve("socket-folder"));
            }
        } catch (IOException e) {
            // A left-over empty folder is found again by the next start.
        } finally {
            closeLock();
        }
    }

    private void closeLock() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
