package dev.pinfold.broker.cold;

/** What is done for a deal next. */
public sealed interface DealStep {
    /** Bring about what the proposal stands on. */
    record Prepare() implements DealStep {}

    /** Write down that it is about to be proposed, then propose it. */
    record Propose() implements DealStep {}

    /** Look at it. */
    record Look() implements DealStep {}

    /** Give it up: nobody has heard of it. */
    record Withdraw(String why) implements DealStep {}

    /** Tell the node to let go of what it holds for it. */
    record Release() implements DealStep {}

    /** Nothing, for good. */
    record Rest() implements DealStep {}
}
