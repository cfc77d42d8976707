package dev.pinfold.content.unixfs;

import dev.pinfold.content.Cid;

/**
 * One entry of a directory.
 *
 * @param name checked: it cannot lead out of the directory
 * @param cid what it names
 * @param dagSize bytes of all blocks below, as claimed; −1 when absent
 */
public record DirectoryEntry(String name, Cid cid, long dagSize) {}
