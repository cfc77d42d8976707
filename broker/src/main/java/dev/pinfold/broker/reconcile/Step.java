package dev.pinfold.broker.reconcile;

/** What the loop does with one replica when its turn comes. */
public sealed interface Step {
    /** Get the bytes if the provider wants them handed over, write the intent down, ask the provider. */
    record Send() implements Step {}

    /** Ask the provider for the state of the order. */
    record Look() implements Step {}

    /** Ask the provider for the state, then fetch blocks and hash them. */
    record Check() implements Step {}

    /** Release the copy at the provider. */
    record LetGo() implements Step {}

    /** Remove the row: the provider knows nothing of it. */
    record Forget() implements Step {}

    /** Begin again after a failure. */
    record StartOver() implements Step {}

    /** Nothing now: another part of the broker has the next move. */
    record Rest() implements Step {}
}
