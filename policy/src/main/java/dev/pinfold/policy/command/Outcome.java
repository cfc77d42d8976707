package dev.pinfold.policy.command;

/**
 * What a command answers.
 *
 * @param exitCode 0 done or yes, 1 the answer is no, 2 the input is bad
 * @param human text for people, lines ended by a line feed
 * @param json the same as one JSON document
 * @param junitXml JUnit XML of {@code policy test}; empty for other commands
 */
public record Outcome(int exitCode, String human, String json, String junitXml) {
    /** The command did what it was asked. */
    public static final int DONE = 0;

    /** The answer is no: infeasible, failed check, failed test. */
    public static final int NO = 1;

    /** The input cannot be used. */
    public static final int BAD_INPUT = 2;

    static Outcome of(int exitCode, String human, Object json) {
        return new Outcome(exitCode, human, dev.pinfold.policy.document.JsonText.pretty(json) + "\n", "");
    }
}
