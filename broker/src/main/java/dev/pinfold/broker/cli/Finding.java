package dev.pinfold.broker.cli;

/**
 * What one check of {@code doctor} found.
 *
 * @param check what was looked at
 * @param text what was seen
 * @param advice what to do; empty when all is well
 */
record Finding(String check, Level level, String text, String advice) {
    enum Level {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String check, String text) {
        return new Finding(check, Level.OK, text, "");
    }

    static Finding warn(String check, String text, String advice) {
        return new Finding(check, Level.WARN, text, advice);
    }

    static Finding fail(String check, String text, String advice) {
        return new Finding(check, Level.FAIL, text, advice);
    }
}
