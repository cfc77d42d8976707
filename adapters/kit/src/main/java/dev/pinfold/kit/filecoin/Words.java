package dev.pinfold.kit.filecoin;

/** Marks what people may read, so that nobody takes it for the real thing. */
final class Words {
    static final String SIMULATED = "SIMULATED";

    private Words() {}

    static String simulated(String text) {
        return text.startsWith(SIMULATED) ? text : SIMULATED + ": " + text;
    }
}
