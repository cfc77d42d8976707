package dev.pinfold.broker.cli;

import dev.pinfold.broker.config.BrokerConfig;
import dev.pinfold.broker.config.Secret;
import dev.pinfold.policy.Problem;
import dev.pinfold.policy.document.PolicyDocuments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code doctor} sees in the places a configuration names: data directory, disk, ports, database, policy. */
final class PlaceChecks {
    private static final Duration SKEW = Duration.ofSeconds(5);

    private final BrokerConfig config;

    PlaceChecks(BrokerConfig config) {
        this.config = config;
    }

    List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(dataDirectory());
        findings.add(disk());
        findings.add(port("port", config.listen()));
        findings.add(port("management", config.management()));
        findings.add(database());
        findings.add(policy());
        return findings;
    }

    private Finding dataDirectory() {
        Path directory = config.dataDirectory();
        Path existing = existing(directory);
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Finding.fail(
                    "data",
                    existing + " cannot be written by " + System.getProperty("user.name"),
                    "change its owner, or choose another place with --data DIR");
        }
        if (!Files.exists(directory)) {
            return Finding.ok("data", directory + " (will be made)");
        }
        return written(directory);
    }

    private static Finding written(Path directory) {
        try {
            Path probe = Files.createTempFile(directory, ".doctor", ".tmp");
            Instant seen = Files.getLastModifiedTime(probe).toInstant();
            Files.delete(probe);
            if (Duration.between(seen, Instant.now()).abs().compareTo(SKEW) > 0) {
                return Finding.warn(
                        "data",
                        directory + " is on a file system whose clock says " + seen,
                        "set both clocks by NTP: leases depend on them");
            }
            return Finding.ok("data", directory.toString());
        } catch (IOException e) {
            return Finding.fail(
                    "data", directory + ": " + e.getMessage(), "check the disk and the folder's permissions");
        }
    }

    private Finding disk() {
        try {
            long free = Files.getFileStore(existing(config.dataDirectory())).getUsableSpace();
            long reserve = config.storage().reserve();
            String text = Bytes.show(free) + " free, " + Bytes.show(reserve) + " of it reserved";
            if (free <= reserve) {
                return Finding.fail(
                        "disk", text, "free some space, or lower storage.reserve: new work would be refused");
            }
            return free < reserve * 4
                    ? Finding.warn("disk", text, "free some space before you add much")
                    : Finding.ok("disk", text);
        } catch (IOException e) {
            return Finding.fail(
                    "disk", "cannot be asked: " + e.getMessage(), "check that the data directory's disk is mounted");
        }
    }

    private Finding port(String check, BrokerConfig.Listen listen) {
        String where = listen.host() + ":" + listen.port();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port()));
            return Finding.ok(check, where + " is free");
        } catch (IOException e) {
            if (Files.exists(config.dataDirectory().resolve(ConnectionOptions.FILE)) && answers(listen)) {
                return Finding.ok(check, where + " is in use by the running broker");
            }
            return Finding.fail(
                    check, where + ": " + e.getMessage(), "stop what listens there, or choose another with --port N");
        }
    }

    private static boolean answers(BrokerConfig.Listen listen) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(listen.host(), listen.port()), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Finding database() {
        Secret url = config.database().url();
        if (url == null) {
            return embedded();
        }
        URI uri = URI.create(url.value());
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        String where = uri.getHost() + ":" + port;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(String.valueOf(uri.getHost()), port), 3000);
            return Finding.ok("database", where + " accepts connections");
        } catch (IOException e) {
            return Finding.fail(
                    "database", where + ": " + e.getMessage(), "start PostgreSQL there, or correct database.url");
        }
    }

    private static Finding embedded() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").matches("amd64|x86_64") ? "x86_64" : "arm_64";
        String name = "postgres-" + os + "-" + arch + ".txz";
        boolean there = PlaceChecks.class.getClassLoader().getResource(name) != null;
        return there
                ? Finding.ok("database", "embedded PostgreSQL for " + os + " " + arch)
                : Finding.fail(
                        "database",
                        "there is no embedded PostgreSQL for " + os + " " + arch,
                        "give database.url of a PostgreSQL 14 or newer");
    }

    private Finding policy() {
        Path file = config.policy().file();
        try {
            List<Problem> problems = PolicyDocuments.policy(file.toString(), Files.readString(file))
                    .problemsOrNone();
            return problems.isEmpty()
                    ? Finding.ok("policy", file.toString())
                    : Finding.fail(
                            "policy",
                            problems.getFirst().toString(),
                            problems.size() == 1
                                    ? "correct this place"
                                    : "see all " + problems.size() + " with 'pinfold policy check'");
        } catch (IOException e) {
            return Finding.fail("policy", file + " cannot be read", "check its permissions");
        }
    }

    private static Path existing(Path path) {
        Path at = path;
        while (!Files.exists(at)) {
            Path parent = at.getParent();
            if (parent == null) {
                break;
            }
            at = parent;
        }
        return at;
    }
}
