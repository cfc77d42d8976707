package dev.pinfold.broker.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What PostgreSQL writes into {@code postmaster.pid}: who runs on the data directory, and whether it takes connections.
 *
 * @param pid line 1, the server's process id
 * @param ready whether line 8 says so
 */
record PostmasterPid(long pid, boolean ready) {
    private static final String FILE = "postmaster.pid";

    /** Reads the file; empty where it does not exist or is not whole yet. */
    static Optional<PostmasterPid> read(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve(FILE), StandardCharsets.ISO_8859_1);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            boolean ready = lines.size() >= 8 && lines.get(7).startsWith("ready");
            return Optional.of(new PostmasterPid(Long.parseLong(lines.get(0).trim()), ready));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether some process with this id is alive. */
    boolean processLives() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /**
     * Finds live processes that are, or are about to become, a PostgreSQL on this data directory. They are known by their
     * command line: the pid file may name a stranger (numbers come round again), or nobody, when a broker was killed just
     * as it started a server.
     */
    static List<Long> serversOf(Path data) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> startsServer(commandLine(pid), data.toString()))
                .toList();
    }

    private static boolean startsServer(List<String> command, String data) {
        for (int i = 1; i + 1 < command.size(); i++) {
            if (command.get(i).equals("-D") && command.get(i + 1).equals(data)) {
                return command.get(i - 1).endsWith("/postgres");
            }
        }
        return false;
    }

    private static List<String> commandLine(long pid) {
        try {
            String text = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8);
            return Arrays.asList(text.split("\0", -1));
        } catch (IOException e) {
            return ProcessHandle.of(pid)
                    .map(ProcessHandle::info)
                    .flatMap(info -> info.commandLine().map(line -> Arrays.asList(line.split(" ", -1))))
                    .orElse(List.of());
        }
    }

    /**
     * Rewrites line 1 to another process id. PostgreSQL takes its own parent's id for a stale file, and still checks the
     * rest of the file for survivors of the old server; deleting the file would lose that check.
     */
    static void disown(Path data, long parentPid) throws IOException {
        Path file = data.resolve(FILE);
        List<String> lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        lines.set(0, Long.toString(parentPid));
        Files.write(file, lines, StandardCharsets.ISO_8859_1);
    }
}
