package dev.pinfold.broker.cli;

/** Whether somebody watches stderr. The launcher knows; the JDK's own answer differs between its versions. */
final class Terminal {
    private Terminal() {}

    static boolean watched() {
        return Boolean.getBoolean("pinfold.terminal");
    }
}
