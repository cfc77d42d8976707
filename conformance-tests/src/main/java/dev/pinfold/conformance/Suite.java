package dev.pinfold.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this suite calls itself in reports. */
public final class Suite {
    private Suite() {}

    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Suite.class.getResourceAsStream("suite.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return "pinfold-conformance " + properties.getProperty("version", "unknown");
    }
}
