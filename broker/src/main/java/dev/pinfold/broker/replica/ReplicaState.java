package dev.pinfold.broker.replica;

import java.util.Locale;

/**
 * The life of a copy. {@code planned → ordered → accepted → claimed → verified}, and from any of them to
 * {@code failed} (the provider will not), {@code lost} (it had the copy) or {@code retiring} (nobody wants it).
 */
public enum ReplicaState {
    /** Wanted; the provider has not been asked. */
    PLANNED,
    /** The intent to ask is written down; the provider may or may not have heard of it. */
    ORDERED,
    /** The provider took the order and is working on it. */
    ACCEPTED,
    /** The provider says that it holds the content. */
    CLAIMED,
    /** Blocks were fetched from the provider and their hashes are right. */
    VERIFIED,
    /** The provider held the content, and holds it no longer or cannot be reached for too long. */
    LOST,
    /** The provider refused, or did not manage. */
    FAILED,
    /** Nobody wants this copy; it is let go after the grace period. */
    RETIRING;

    /** The word in the database, in JSON and in events. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ReplicaState ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
