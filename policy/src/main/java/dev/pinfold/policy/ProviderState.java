package dev.pinfold.policy;

/** What the operator has decided about a provider. */
public enum ProviderState {
    /** Takes new replicas. */
    ACTIVE,
    /** Keeps what it has, takes nothing new. */
    CORDONED,
    /** Takes nothing new and what it has moves away, make-before-break. */
    DRAINING,
    /** Shut down or about to be: as draining, and never counted on. */
    SUNSET;

    /** True when existing replicas there may stay. */
    public boolean keepsReplicas() {
        return this == ACTIVE || this == CORDONED;
    }
}
