/** Files and directories as blocks: written as other tools write them, read within limits, claims checked. */
@NullMarked
package dev.pinfold.content.unixfs;

import org.jspecify.annotations.NullMarked;
