package dev.pinfold.kit;

import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Observation;
import java.util.function.Supplier;

/** How a {@link FakeProvider} treats one call other than it should. */
public sealed interface Behaviour {
    /** Fails; {@code applied} says whether the call takes effect first. */
    record Fail(Failure failure, boolean applied) implements Behaviour {}

    /**
     * Waits at the gate, then does as usual. At the deadline or when interrupted it fails: with OutcomeUnknown for an
     * order, else with Unavailable. {@code applied} says whether the call takes effect before it waits.
     */
    record Hold(Gate gate, boolean applied) implements Behaviour {}

    /** Throws something that no adapter should throw. */
    record Crash(Supplier<? extends RuntimeException> bug) implements Behaviour {}

    /** Runs this in the calling thread, then does as usual. */
    record Run(Runnable first) implements Behaviour {}

    /** Answers an observation (or an order) with this, whatever is true. */
    record Say(Observation observation) implements Behaviour {}

    /** Answers a block or a CAR with these bytes. */
    record Serve(Supplier<byte[]> bytes) implements Behaviour {}

    /**
     * The reply is lost: fails with OutcomeUnknown for the order's own key (with Unavailable where no order is given).
     * {@code applied} says whether the call takes effect first.
     */
    record LoseReply(boolean applied) implements Behaviour {}

    /** Fails without effect. */
    static Behaviour fail(Failure failure) {
        return new Fail(failure, false);
    }

    /** Takes effect, then fails: the reply is lost. */
    static Behaviour failAfterAccepting(Failure failure) {
        return new Fail(failure, true);
    }

    /** Waits at the gate before any effect. */
    static Behaviour hold(Gate gate) {
        return new Hold(gate, false);
    }
}
