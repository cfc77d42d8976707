package dev.pinfold.broker.retrieval.race;

/** What is to be done now, as a {@link Race} decided. */
public sealed interface Move {
    /** Ask this source. */
    record Start(String source, Why why) implements Move {}

    /** Let go of this source. */
    record Stop(String source, Because because) implements Move {}

    /** This source gave the first verified block: it goes on, all others were told to stop. */
    record Won(String source) implements Move {}

    /** No source is left. */
    record Over() implements Move {}

    /** Why a source is asked. */
    enum Why {
        /** It is the best. */
        FIRST,
        /** The one before takes longer than it usually does. */
        HEDGE,
        /** Another one failed. */
        REPLACEMENT,
        /** No hot source has served so far. */
        COLD
    }

    /** Why a source is let go. */
    enum Because {
        /** Another one was faster. */
        OUTRUN,
        /** It gave no verified block in the time it had. */
        TOO_LATE
    }
}
