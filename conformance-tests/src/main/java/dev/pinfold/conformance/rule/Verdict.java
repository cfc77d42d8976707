package dev.pinfold.conformance.rule;

/** What came out of one check. */
public enum Verdict {
    PASS,
    FAIL,
    /** The check does not apply here, or lacks something it needs; the reason says which. */
    SKIP
}
