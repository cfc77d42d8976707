package dev.pinfold.policy;

/**
 * Highest-random-weight hashing: every (content, provider) pair has a fixed weight, so that equal choices spread over
 * providers by content and removing a provider moves only what it held. The mixing is fixed for ever: changing it would
 * move data.
 */
public final class Rendezvous {
    private Rendezvous() {}

    /** A weight of 56 bits, so that sums of dozens stay positive. */
    static long weight(long content, long provider) {
        return mix(content ^ Long.rotateLeft(provider, 23)) >>> 8;
    }

    /** 64-bit FNV-1a over the UTF-16 units, then mixed. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** True for a fixed pseudo-random share of all (content, key) pairs. */
    public static boolean inShare(String content, String provider, Ratio share) {
        long draw = weight(hash(content), hash(provider) + 1) % 1_000_000;
        return draw < share.millionths();
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
