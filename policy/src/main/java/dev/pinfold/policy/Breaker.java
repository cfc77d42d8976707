package dev.pinfold.policy;

/** State of the circuit breaker in front of a provider. */
public enum Breaker {
    CLOSED,
    HALF_OPEN,
    OPEN
}
