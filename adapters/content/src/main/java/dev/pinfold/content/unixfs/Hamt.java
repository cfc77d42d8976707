package dev.pinfold.content.unixfs;

import dev.pinfold.content.ContentException;
import java.util.Locale;

/** The arithmetic of sharded directories: which bucket a name belongs to at each level, and how links are labelled. */
final class Hamt {
    private static final int HASH_BITS = 64;

    private Hamt() {}

    static boolean validFanout(long fanout) {
        return fanout >= 8 && fanout <= 1024 && Long.bitCount(fanout) == 1;
    }

    /** Checks what a shard says about itself, and returns its fanout. */
    static int fanout(UnixFsData shard) {
        if (!validFanout(shard.fanout())) {
            throw ContentException.malformed(
                    "A shard has fanout " + shard.fanout() + "; it must be a power of two from 8 to 1024");
        }
        if (shard.hashType() != UnixFsData.MURMUR3) {
            throw ContentException.unsupported("A shard uses hash 0x" + Long.toHexString(shard.hashType())
                    + "; only murmur3-x64-64 (0x22) exists");
        }
        return (int) shard.fanout();
    }

    /** How many levels the hash of a name is good for. */
    static int levels(int fanout) {
        return HASH_BITS / Integer.numberOfTrailingZeros(fanout);
    }

    /** The bucket of a hash at {@code level}, counted from 0. Throws MALFORMED when the hash has no more bits. */
    static int bucket(long hash, int level, int fanout) {
        int width = Integer.numberOfTrailingZeros(fanout);
        int used = (level + 1) * width;
        if (used > HASH_BITS) {
            throw ContentException.malformed("A sharded directory is deeper than the " + HASH_BITS
                    + " bits of its hash allow (level " + level + ")");
        }
        return (int) (hash >>> (HASH_BITS - used)) & (fanout - 1);
    }

    /** How many characters in front of a link's name say its bucket. */
    static int prefixLength(int fanout) {
        return Integer.toHexString(fanout - 1).length();
    }

    static String prefix(int bucket, int fanout) {
        String hex = Integer.toHexString(bucket).toUpperCase(Locale.ROOT);
        return "0".repeat(prefixLength(fanout) - hex.length()) + hex;
    }

    /** The bucket that the first characters of a link's name say. Throws MALFORMED. */
    static int parsePrefix(byte[] name, int fanout) {
        int length = prefixLength(fanout);
        int bucket = 0;
        for (int i = 0; i < length; i++) {
            int digit = i < name.length ? digit(name[i]) : -1;
            if (digit < 0) {
                throw ContentException.malformed("A link of a shard does not begin with its bucket number");
            }
            bucket = bucket << 4 | digit;
        }
        if (bucket >= fanout) {
            throw ContentException.malformed("A link of a shard is in bucket " + bucket + " of " + fanout);
        }
        return bucket;
    }

    private static int digit(byte letter) {
        if (letter >= '0' && letter <= '9') {
            return letter - '0';
        }
        return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
    }
}
