package dev.pinfold.kit;

/** What can happen between an adapter and its provider; a {@link World} says which of it it can bring about. */
public enum Trouble {
    /** The provider takes the connection and never answers. */
    HANG,
    /** The provider does as asked, and the answer is lost on the way. */
    LOSE_REPLY,
    /** Nobody listens: the request cannot have any effect. */
    REFUSE_CONNECTION,
    /** The provider answers that it is broken. */
    SERVER_ERROR,
    /** The provider answers that there were too many requests, and to come again in 7 seconds. */
    TOO_MANY,
    /** The provider does as asked, and answers something nobody can read. */
    GARBAGE,
    /** The provider does as asked, and its answer never ends. */
    ENDLESS_ANSWER,
    /** The provider refuses the credentials, and repeats them in its answer, between control characters. */
    WRONG_CREDENTIALS
}
