package dev.pinfold.broker.cli;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What {@code doctor} can see without a configuration: the JDK, memory, and whether the clock can be right. */
final class MachineChecks {
    private static final int JDK = 21;
    private static final long HEAP = 128L << 20;
    private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");

    private MachineChecks() {}

    static List<Finding> all() {
        return List.of(
                jdk(Runtime.version().feature()), memory(Runtime.getRuntime().maxMemory()), clock(Instant.now()));
    }

    static Finding jdk(int feature) {
        String text = "JDK " + Runtime.version() + " in " + System.getProperty("java.home");
        return feature >= JDK
                ? Finding.ok("jdk", text)
                : Finding.fail("jdk", text, "install JDK " + JDK + " or newer and set JAVA_HOME");
    }

    static Finding memory(long bytes) {
        String text = "heap of at most " + Bytes.show(bytes) + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return bytes >= HEAP
                ? Finding.ok("memory", text)
                : Finding.warn(
                        "memory",
                        text,
                        "give the broker at least " + Bytes.show(HEAP) + ": PINFOLD_JAVA_OPTS=-Xmx512m");
    }

    static Finding clock(Instant now) {
        return now.isAfter(WRITTEN)
                ? Finding.ok("clock", now.toString())
                : Finding.fail(
                        "clock", now + " is before this software was written", "set the clock; run an NTP client");
    }
}
