package dev.pinfold.spi.deal;

/** How far the ground for a proposal is laid. */
public sealed interface Preparation {
    /** All that is known of the deal's ids; the caller keeps them before it goes on. */
    DealIds ids();

    /** The deal can be proposed now. */
    record Ready(DealIds ids) implements Preparation {}

    /**
     * Something takes its time on the chain: ask again in an epoch or later.
     *
     * @param what what is waited for, in one line
     */
    record Waiting(DealIds ids, String what) implements Preparation {}
}
