package dev.pinfold.broker.cold;

import java.util.Locale;

/**
 * The furthest fact that is known of a deal. {@code ordered → prepared → proposing → accepted → published → active →
 * ending}, and from there or before to one of the ends.
 */
public enum DealState {
    /** The intent is written down; nobody has been asked. */
    ORDERED,
    /** What a proposal stands on is there: the node holds the payload, escrow covers the price, DataCap is set aside. */
    PREPARED,
    /** The storage provider may or may not have heard of it: only a look tells. */
    PROPOSING,
    /** The storage provider has the proposal. */
    ACCEPTED,
    /** On chain, or on its way there; not proven yet. */
    PUBLISHED,
    /** Stored and proven. */
    ACTIVE,
    /** Stored and proven still, and about to end: another deal takes its place, or nobody wants the piece any more. */
    ENDING,
    /** It ran to its end. */
    EXPIRED,
    /** The storage provider lost the piece, and the chain fined it. */
    SLASHED,
    /** The storage provider was not heard of for too long, and no chain vouches for the piece. */
    LOST,
    /** It never became active. */
    FAILED,
    /** It was given up before anybody heard of it. */
    WITHDRAWN;

    /** The word in columns, JSON and metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Throws IllegalArgumentException for a word that is none. */
    public static DealState ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether it stands for one of the copies that are wanted: on its way there, or there. */
    public boolean live() {
        return compareTo(ACTIVE) <= 0;
    }

    /** Whether the storage provider holds the piece for us. */
    public boolean stored() {
        return this == ACTIVE || this == ENDING;
    }

    /** Whether nothing comes of it any more. */
    public boolean over() {
        return compareTo(ENDING) > 0;
    }

    /** Whether the storage provider may still fetch the piece from us. */
    public boolean fetches() {
        return compareTo(PUBLISHED) <= 0;
    }
}
