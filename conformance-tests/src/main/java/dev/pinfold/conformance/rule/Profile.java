package dev.pinfold.conformance.rule;

/** Which kind of endpoint is judged. */
public enum Profile {
    PSA,
    GATEWAY
}
