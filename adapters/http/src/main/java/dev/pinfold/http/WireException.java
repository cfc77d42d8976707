package dev.pinfold.http;

import org.jspecify.annotations.Nullable;

/** No answer was received, or not a whole one. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    /** How far the request came. */
    public enum Reach {
        /** Nobody can have acted on it. */
        NOT_SENT,
        /** It may have been acted on. */
        MAYBE_ARRIVED,
        /** An answer came that is longer than allowed. */
        ANSWER_TOO_LONG
    }

    private final Reach reach;
    private final transient @Nullable HttpAnswer head;

    WireException(Reach reach, String what, @Nullable Throwable cause) {
        super(what, cause);
        this.reach = reach;
        this.head = null;
    }

    /** Content that is longer than allowed. */
    WireException(HttpAnswer head, long most) {
        super("the answer is longer than " + most + " bytes");
        this.reach = Reach.ANSWER_TOO_LONG;
        this.head = head;
    }

    /** How far the request came. */
    public Reach reach() {
        return reach;
    }

    /** The head that content came with which was fetched and is too long; null otherwise. */
    public @Nullable HttpAnswer head() {
        return head;
    }

    /** What happened, in a few safe words. */
    public String what() {
        return String.valueOf(getMessage());
    }
}
