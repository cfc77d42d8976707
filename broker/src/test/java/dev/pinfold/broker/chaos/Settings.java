package dev.pinfold.broker.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a broker's configuration that all tests of this package share. Leases are as long as in production. */
final class Settings {
    private Settings() {}

    /**
     * Everything but {@code providers}.
     *
     * @param copies copies of every content
     * @param database the lines of the {@code database} group; empty for an embedded one
     */
    static String common(Path folder, int copies, String database) throws IOException {
        Files.writeString(folder.resolve("policy.yaml"), """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: chaos, revision: 1}
                classes:
                  everywhere:
                    hot:
                      replicas: {min: 1, target: %d}
                      ack: {pinnedAt: %d, by: verified}
                rules:
                  - {name: everything, match: {}, class: everywhere}
                repair: {delay: {underTarget: 0s}}
                """.formatted(copies, Math.min(2, copies)));
        return """
                storage: {reserve: 16MiB}
                reconcile:
                  pollInterval: 50ms
                  observeEvery: 100ms
                  retryMin: 50ms
                  retryMax: 2s
                  unknownSettle: 2s
                  retireAfter: 300ms
                policy: {file: policy.yaml}
                %s
                """.formatted(database);
    }
}
