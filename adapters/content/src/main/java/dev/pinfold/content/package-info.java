/**
 * Content addressing: what a CID says, and the proof that bytes are what it says.
 *
 * <p>Streaming, with bounded memory, and without I/O of its own: callers bring streams, {@link
 * dev.pinfold.content.BlockSource sources} and {@link dev.pinfold.content.BlockSink sinks}. Every failure is one {@link
 * dev.pinfold.content.ContentException} whose kind is from a closed list.
 */
@NullMarked
package dev.pinfold.content;

import org.jspecify.annotations.NullMarked;
