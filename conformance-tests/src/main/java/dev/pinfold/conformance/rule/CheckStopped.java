package dev.pinfold.conformance.rule;

/** The check found something that makes its remaining steps pointless; the finding is already recorded. */
final class CheckStopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckStopped() {
        super("a required expectation did not hold", null, false, false);
    }
}
