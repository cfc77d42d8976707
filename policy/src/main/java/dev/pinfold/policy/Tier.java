package dev.pinfold.policy;

/** Hot copies answer reads at once; cold copies are deals that need minutes to hours to read. */
public enum Tier {
    HOT,
    COLD
}
