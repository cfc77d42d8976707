package dev.pinfold.policy;

/** Order of work between pins that wait for the same thing. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW
}
