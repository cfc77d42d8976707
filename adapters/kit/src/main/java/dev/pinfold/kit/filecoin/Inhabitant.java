package dev.pinfold.kit.filecoin;

/** Somebody who acts as chain time goes on: a storage provider, or a node that makes deals. Called with the lock held. */
interface Inhabitant {
    /** The next epoch after {@code head} at which it has something to do; {@link Long#MAX_VALUE} for none. */
    long dueAfter(long head);

    /** Does what is due at this epoch. */
    void onEpoch(long epoch);

    /** Whether it moves data at this moment, which takes real time and not chain time. */
    boolean moving();
}
