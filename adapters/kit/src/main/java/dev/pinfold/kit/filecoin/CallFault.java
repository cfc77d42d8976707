package dev.pinfold.kit.filecoin;

import java.time.Duration;

/** One way in which a call goes wrong. */
public sealed interface CallFault {
    /** The call takes effect, then the connection is reset: the reply is lost. */
    record LoseReply() implements CallFault {}

    /** The connection is reset before anything happens. */
    record Reset() implements CallFault {}

    /** Never answers; the connection is closed after {@code atMost}. */
    record Hang(boolean applied, Duration atMost) implements CallFault {}

    /** Answers late. */
    record Slow(Duration delay) implements CallFault {}

    /** Answers this instead, and nothing happens. */
    record Answer(int status, String body) implements CallFault {}

    /** A node answers this error, and nothing happens; a provider answers 500 with the message. */
    record Fails(int code, String message) implements CallFault {}
}
