package dev.pinfold.content.unixfs;

import dev.pinfold.content.Cid;

/**
 * What was made of a file or a directory.
 *
 * @param cid its name
 * @param fileSize bytes of the file; for a directory, of all files in it
 * @param dagSize bytes of all blocks, repeated ones counted each time: the Tsize of a link to it
 */
public record Added(Cid cid, long fileSize, long dagSize) {}
