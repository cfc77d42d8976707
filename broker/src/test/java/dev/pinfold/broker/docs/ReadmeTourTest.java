package dev.pinfold.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the tour of {@code README.md} line by line with bash, against a broker that the launcher started. Only the ports
 * are replaced. The launcher finds this test's classes in place of a build of its own.
 */
final class ReadmeTourTest {
    private static final int START_SECONDS = 120;
    private static final int TOUR_SECONDS = 300;

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @Test
    void every_command_of_the_tour_does_what_the_readme_says() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "skipped: the tour needs curl");
        Tour tour = Tour.read(Repository.text("README.md"));
        assertThat(tour.server()).as("commands that start the broker").hasSize(1);
        assertThat(tour.commands()).as("commands of the tour").hasSizeGreaterThan(15);
        Path home = checkout();
        int port = freePorts();

        Tour.Command serve = tour.server().getFirst();
        String greeting = serve(home, serve.text() + " --port " + port);
        assertThat(new Tour.Command(serve.line(), serve.text(), ported(serve.promises(), port)).broken(greeting))
                .as("promised by line %d, printed was:%n%s", serve.line(), greeting)
                .isEmpty();

        assertThat(run(home, "README.md", tour.commands(), port)).isEmpty();
        Tour gateway = Tour.read(Repository.text("docs/gateway.md"));
        assertThat(gateway.commands()).as("examples of the gateway").hasSizeGreaterThan(5);
        assertThat(run(home, "docs/gateway.md", gateway.commands(), port)).isEmpty();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** A folder with what the tour touches, whose launcher uses the classes under test. */
    private Path checkout() throws IOException {
        Path home = Files.createDirectories(folder.resolve("pinfold"));
        for (String name : List.of("pinfold", "README.md", "config", "docs")) {
            copy(Repository.root().resolve(name), home.resolve(name));
        }
        Path app = Files.createDirectories(home.resolve(".pinfold/apps/tested"));
        String classpath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("test-classes"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(":"));
        Files.writeString(app.resolve("classpath"), classpath + "\n");
        Files.writeString(home.resolve(".pinfold/app"), app + "\n");
        Files.writeString(home.resolve(".pinfold/built"), "");
        return home;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
        if (Files.isExecutable(from) && Files.isRegularFile(from)) {
            assertThat(to.toFile().setExecutable(true)).isTrue();
        }
    }

    /** A port that is free together with the one above it. */
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = first.getLocalPort();
                try (ServerSocket second = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
                    return second.getLocalPort() - 1;
                } catch (IOException | IllegalArgumentException e) {
                    // In use, or there is no higher one: another pair.
                }
            }
        }
        throw new IOException("no two free ports side by side");
    }

    private static List<String> ported(List<String> texts, int port) {
        return texts.stream().map(text -> ported(text, port)).toList();
    }

    private static String ported(String text, int port) {
        return text.replace("127.0.0.1:8090", "127.0.0.1:" + port).replace("127.0.0.1:8091", "127.0.0.1:" + (port + 1));
    }

    /** Starts the broker; returns what it printed until it was ready. */
    private String serve(Path home, String command) throws Exception {
        Path log = folder.resolve("broker.log");
        Process broker =
                process(home, "exec " + command).redirectError(log.toFile()).start();
        started.add(broker);
        CompletableFuture<String> greeting = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            StringBuilder text = new StringBuilder();
            try (var lines = broker.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    text.append(line).append('\n');
                    if (line.contains("provider ls")) {
                        greeting.complete(text.toString());
                    }
                }
            } catch (IOException e) {
                text.append(e);
            }
            greeting.complete(text.toString());
        });
        reader.setDaemon(true);
        reader.start();
        String text = greeting.get(START_SECONDS, TimeUnit.SECONDS);
        assertThat(broker.isAlive())
                .as("the broker printed:%n%s%nand logged:%n%s", text, Files.readString(log))
                .isTrue();
        return text;
    }

    /** Runs the commands in one shell; returns what is not as the document says. */
    private List<String> run(Path home, String document, List<Tour.Command> commands, int port) throws Exception {
        Path outputs = Files.createDirectories(folder.resolve("outputs").resolve(document));
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < commands.size(); i++) {
            script.append("{\n")
                    .append(ported(commands.get(i).text(), port))
                    .append("\n} >'%s/%d.out' 2>'%s/%d.err'\n".formatted(outputs, i, outputs, i))
                    .append("code=$?; echo $code >'%s/%d.code'; [ $code = 0 ] || exit 1\n".formatted(outputs, i));
        }
        Path file = Files.writeString(folder.resolve("tour.sh"), script);
        Process shell = process(home, "exec bash '" + file + "'")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("tour.log").toFile())
                .start();
        started.add(shell);
        boolean ended = shell.waitFor(TOUR_SECONDS, TimeUnit.SECONDS);
        List<String> complaints = new ArrayList<>();
        for (int i = 0; i < commands.size() && complaints.isEmpty(); i++) {
            complaints.addAll(complaints(document, commands.get(i), outputs, i, ended));
        }
        return complaints;
    }

    private static List<String> complaints(String document, Tour.Command command, Path outputs, int i, boolean ended)
            throws IOException {
        String where = document + " line " + command.line() + ", " + command.text();
        String out = read(outputs.resolve(i + ".out"));
        String all = "; it printed:\n" + out + read(outputs.resolve(i + ".err"));
        String code = read(outputs.resolve(i + ".code")).strip();
        if (!code.equals("0")) {
            String how = code.isEmpty() ? ended ? "did not run" : "did not end in time" : "ended with " + code;
            return List.of(where + ": " + how + all);
        }
        return command.broken(out).stream()
                .map(promise -> where + ": does not show '" + promise + "'" + all)
                .toList();
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static ProcessBuilder process(Path home, String command) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(home.toFile())
                .redirectInput(new File("/dev/null"));
        var environment = builder.environment();
        List.of("PINFOLD_ENDPOINT", "PINFOLD_TOKEN", "PINFOLD_LOG").forEach(environment::remove);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("PINFOLD_NO_CACHE", "1");
        environment.put("PINFOLD_JAVA_OPTS", "-Xmx512m");
        return builder;
    }
}
