package dev.pinfold.broker.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL programs that travel in a jar on the class path, unpacked once per user.
 *
 * <p>The folder's name carries the archive's checksum, so another version never mixes with this one; it appears by one
 * atomic move, so it is either whole or not there, also after a crash or a race between two starts.
 */
final class PostgresBinaries {
    private final Path folder;
    private final List<String> prefix;

    private PostgresBinaries(Path folder, List<String> prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    /** Unpacks the programs where this has not been done; falls back to a second folder where the cache is not writable. */
    static PostgresBinaries unpack(Path fallback) {
        String name = archiveName();
        URL archive = PostgresBinaries.class.getResource("/" + name);
        if (archive == null) {
            throw new IllegalStateException("this build brings no PostgreSQL for this machine (" + name
                    + "): set database.url to a PostgreSQL 14 or newer");
        }
        try {
            String folderName = name.replace(".txz", "") + "-" + fingerprint(archive);
            for (Path cache : List.of(userCache(), fallback)) {
                Path folder = cache.resolve(folderName);
                if (Files.isDirectory(folder)) {
                    return new PostgresBinaries(folder, rootPrefix());
                }
            }
            Path cache = writable(userCache()) ? userCache() : fallback;
            Files.createDirectories(cache);
            extract(archive, cache, cache.resolve(folderName));
            return new PostgresBinaries(cache.resolve(folderName), rootPrefix());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be unpacked: " + e, e);
        }
    }

    /** The command that runs one of the programs, as root inside a user namespace because PostgreSQL refuses root. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(folder.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Like {@link #command}, and the process gets a fast-shutdown signal when the calling thread ends (Linux). */
    List<String> commandThatDiesWithCaller(String program, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        Path setpriv = findOnPath("setpriv");
        if (setpriv != null && isLinux()) {
            command.addAll(List.of(setpriv.toString(), "--pdeathsig", "INT"));
        }
        command.add(folder.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> rootPrefix() {
        if (!runsAsRoot()) {
            return List.of();
        }
        Path unshare = findOnPath("unshare");
        if (unshare == null) {
            throw new IllegalStateException("PostgreSQL does not run as root: start Pinfold as another user, install"
                    + " util-linux (for its 'unshare'), or set database.url");
        }
        return List.of(unshare.toString(), "-U");
    }

    private static boolean runsAsRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    private static @Nullable Path findOnPath(String program) {
        String path = System.getenv("PATH");
        for (String folder :
                (path == null ? "/usr/bin:/bin" : path + ":/usr/bin:/bin").split(java.io.File.pathSeparator, -1)) {
            Path candidate = Path.of(folder, program);
            if (!folder.isEmpty() && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private static String archiveName() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String cpu = arch.equals("amd64") || arch.equals("x86_64") ? "x86_64" : "arm_64";
        if (!isLinux()) {
            return "postgres-darwin-" + cpu + ".txz";
        }
        boolean musl =
                Files.exists(Path.of("/lib/ld-musl-x86_64.so.1")) || Files.exists(Path.of("/lib/ld-musl-aarch64.so.1"));
        return "postgres-linux-" + cpu + (musl ? "-alpine_linux" : "") + ".txz";
    }

    private static Path userCache() {
        String own = System.getProperty("pinfold.cache");
        if (own != null) {
            return Path.of(own).toAbsolutePath();
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && Path.of(xdg).isAbsolute()
                ? Path.of(xdg)
                : Path.of(System.getProperty("user.home", "/nonexistent"), ".cache");
        return base.resolve("pinfold").toAbsolutePath();
    }

    private static boolean writable(Path cache) {
        try {
            Files.createDirectories(cache);
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
            return Files.isWritable(cache);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** A checksum that costs nothing: the one the jar's directory already carries. */
    private static String fingerprint(URL archive) throws IOException {
        URLConnection connection = archive.openConnection();
        connection.setUseCaches(false);
        if (connection instanceof JarURLConnection jar) {
            try (JarFile file = jar.getJarFile()) {
                ZipEntry entry = Objects.requireNonNull(file.getEntry(jar.getEntryName()), "archive entry");
                return String.format(Locale.ROOT, "%08x-%x", entry.getCrc(), entry.getSize());
            }
        }
        return String.format(Locale.ROOT, "%x", connection.getContentLengthLong());
    }

    private static void extract(URL archive, Path cache, Path target) throws IOException {
        Path temporary = cache.resolve("unpacking-" + UUID.randomUUID());
        try {
            Files.createDirectory(
                    temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (InputStream in = new BufferedInputStream(archive.openStream())) {
                untar(in, temporary);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // Another start may have been faster, and its copy is as good as ours.
            if (!Files.isDirectory(target)) {
                throw e;
            }
        } finally {
            deleteTree(temporary);
        }
    }

    /** Writes every entry below the folder, on the disk before the function returns; an entry that leads outside is refused. */
    static void untar(InputStream txz, Path folder) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(txz))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = inside(folder, folder.resolve(entry.getName()), entry);
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Path parent = parentOf(path);
                    inside(folder, parent.resolve(entry.getLinkName()), entry);
                    Files.createDirectories(parent);
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    writeFile(tar, entry, path);
                } else {
                    throw new IOException("unexpected kind of entry in the PostgreSQL archive: " + entry.getName());
                }
            }
        }
    }

    private static void writeFile(InputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        Files.createDirectories(parentOf(path));
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = Channels.newOutputStream(file);
            tar.transferTo(out);
            file.force(false);
        }
        Set<PosixFilePermission> mode = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        if ((entry.getMode() & 0100) != 0) {
            mode.add(PosixFilePermission.OWNER_EXECUTE);
        }
        Files.setPosixFilePermissions(path, mode);
    }

    private static Path inside(Path folder, Path path, TarArchiveEntry entry) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(folder)) {
            throw new IOException("the archive's entry '" + entry.getName() + "' leads outside its folder");
        }
        return normal;
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    /** Deletes a folder and all below it, not following links; nothing happens where it does not exist. */
    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
