/**
 * Filecoin pieces: the commitment to a piece's bytes (CommP), its CIDs, and proofs that a part lies in an aggregate.
 *
 * <p>Bytes stream through in bounded memory. Nothing here needs a node, a chain or the network. Sources: FRC-0058 (proof of
 * data segment inclusion), FRC-0069 (piece CID version 2), and the Filecoin specification on pieces.
 */
@NullMarked
package dev.pinfold.content.piece;

import org.jspecify.annotations.NullMarked;
