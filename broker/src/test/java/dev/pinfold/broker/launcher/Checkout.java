package dev.pinfold.broker.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The start script in a folder of its own, on a machine that has only the JDKs and the Maven that a test puts there: the
 * places where the script looks for them are moved into the folder, nothing else of it is changed.
 */
final class Checkout {
    /** Everything that the script calls besides Java and Maven. */
    private static final List<String> TOOLS = List.of(
            "sh",
            "cat",
            "cksum",
            "cp",
            "dirname",
            "env",
            "find",
            "grep",
            "head",
            "kill",
            "ls",
            "mkdir",
            "mktemp",
            "mv",
            "readlink",
            "renice",
            "rm",
            "sed",
            "sleep",
            "tail",
            "tee",
            "touch",
            "tr");

    private final Path folder;
    private final Path tools;
    private final Path script;
    private Path javaHome = Path.of("/nowhere");

    private Checkout(Path folder, Path tools, Path script) {
        this.folder = folder;
        this.tools = tools;
        this.script = script;
    }

    static Checkout in(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("checkout"));
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            for (String place : List.of("/bin/", "/usr/bin/")) {
                if (Files.isExecutable(Path.of(place + tool)) && !Files.exists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), Path.of(place + tool));
                }
            }
        }
        Path root = Path.of(System.getProperty("pinfold.root", "..")).toAbsolutePath();
        String text = Files.readString(root.resolve("pinfold"))
                .replaceAll("/usr/lib/jvm/|/usr/java/|/opt/java/", folder.resolve("jvm") + "/")
                .replaceAll("/opt/(\\*?jdk\\*|homebrew|maven)|/usr/local/|/Library/", "/nowhere/");
        Path script = home.resolve("pinfold");
        executable(script, text);
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        return new Checkout(folder, tools, script);
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path home() {
        return folder.resolve("checkout");
    }

    Path script() {
        return script;
    }

    /** Puts a JDK where JDKs are looked for; its {@code java} prints its name and its arguments. */
    Path jdk(String name, String version) throws IOException {
        Path jdk = folder.resolve("jvm").resolve(name);
        executable(jdk.resolve("bin/java"), "#!/bin/sh\necho " + name + " \"$@\"\n");
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    Checkout javaHome(Path jdk) {
        javaHome = jdk;
        return this;
    }

    /** Puts a Maven on the PATH; it fails while {@code broken} exists, and waits while {@code hold} exists. */
    void maven(String version) throws IOException {
        executable(tools.resolve("mvn"), """
            #!/bin/sh
            if [ "$*" = "-v" ]; then echo "Apache Maven %1$s"; exit 0; fi
            echo "$*" >>"%2$s/builds"
            while [ -e "%2$s/hold" ]; do sleep 0.05; done
            if [ -e "%2$s/broken" ]; then echo "[ERROR] Rule.java:[1,1] broken"; exit 1; fi
            mkdir -p "%3$s/broker/target/lib"
            echo app >"%3$s/broker/target/pinfold-broker-1.jar"
            echo lib >"%3$s/broker/target/lib/lib.jar"
            """.formatted(version, folder, home()));
    }

    /** How often Maven was asked to build. */
    int builds() {
        try {
            Path file = folder.resolve("builds");
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Makes a file, or makes it newer than the last build. */
    void touch(String name) throws IOException {
        Path file = home().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "changed");
    }

    /** What a start printed, and its exit code. */
    record Ran(int exit, String out, String err) {}

    /** A start that has not ended. */
    record Running(Process process, Path out, Path err) {
        String errSoFar() {
            try {
                return Files.readString(err);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        Ran end(Duration limit) throws IOException, InterruptedException {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + limit + ": " + Files.readString(err));
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    Ran run(String... arguments) throws IOException, InterruptedException {
        return start(arguments).end(Duration.ofSeconds(60));
    }

    Ran run(Path start, Path from, String... arguments) throws IOException, InterruptedException {
        return start(start, from, arguments).end(Duration.ofSeconds(60));
    }

    Running start(String... arguments) throws IOException {
        return start(script, home(), arguments);
    }

    private Running start(Path start, Path from, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(start.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().put("PINFOLD_NO_CACHE", "1");
        return new Running(builder.start(), out, err);
    }

    /** Waits for something that other processes do. */
    static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within a minute: " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
