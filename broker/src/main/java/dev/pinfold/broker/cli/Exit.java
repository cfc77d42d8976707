package dev.pinfold.broker.cli;

/** What the exit code of a command says. */
enum Exit {
    DONE(0),
    /** The answer is no: not found, refused, failed, infeasible. */
    NO(1),
    /** Wrong usage or unreadable input. */
    USAGE(2),
    /** The broker could not be reached. */
    UNREACHABLE(3);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
