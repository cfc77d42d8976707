package dev.pinfold.conformance.rule;

/** The check cannot be judged here; the message says why. */
final class CheckSkipped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckSkipped(String reason) {
        super(reason);
    }
}
