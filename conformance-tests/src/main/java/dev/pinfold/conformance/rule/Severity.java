package dev.pinfold.conformance.rule;

/** What a failing check means. Only MUST decides the exit code. */
public enum Severity {
    /** The specification states or enforces it. */
    MUST,
    /** The specification recommends it, or widely used clients need it. */
    SHOULD,
    /** Worth knowing; no fault. */
    INFO
}
