package dev.pinfold.broker.flow;

/** Policies for brokers under test. */
final class PolicyTexts {
    private PolicyTexts() {}

    /**
     * One class for everything.
     *
     * @param hot lines of the class's hot section, indented by eight
     * @param more further top-level sections
     */
    static String policy(long revision, String hot, String more) {
        return """
                apiVersion: pinfold/v1
                kind: PolicySet
                metadata: {name: test, revision: %d}
                classes:
                  all:
                    hot:
                %s
                rules:
                  - {name: everything, match: {}, class: all}
                %s
                """.formatted(revision, hot.indent(6).stripTrailing(), more);
    }

    /** So many copies anywhere. */
    static String copies(int target) {
        return "replicas: {min: 1, target: " + target + "}\nack: {pinnedAt: 1, by: verified}";
    }

    /** So many copies, only where the label says. */
    static String copiesIn(int target, String jurisdiction) {
        return copies(target) + "\nconstraints:\n  - {name: only-" + jurisdiction.toLowerCase(java.util.Locale.ROOT)
                + ", residency: {jurisdiction: [" + jurisdiction + "], failClosed: true}}";
    }
}
