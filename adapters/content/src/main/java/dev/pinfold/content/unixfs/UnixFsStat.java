package dev.pinfold.content.unixfs;

import dev.pinfold.content.Cid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a CID is, as far as its first block says.
 *
 * @param cid of what
 * @param kind file, directory or symbolic link
 * @param size bytes of a file, consistent within the first block but claimed for what is below; 0 for others
 * @param mode POSIX mode bits; −1 when absent
 * @param mtime time of last modification; null when absent
 * @param target where a symbolic link points, unchecked: never follow it on a file system; empty for others
 */
public record UnixFsStat(
        Cid cid, Kind kind, long size, long mode, @Nullable Instant mtime, String target) {
    /** What something is. */
    public enum Kind {
        /** Bytes. */
        FILE,
        /** Names. */
        DIRECTORY,
        /** A pointer to another path. */
        SYMLINK
    }
}
