/**
 * The data path: content comes in over guarded connections, is verified block by block, staged on disk, and goes out to
 * providers and readers. Start at {@code ContentFetcher}, then {@code Staging} and {@code OutboundGuard}.
 */
@NullMarked
package dev.pinfold.broker.retrieval;

import org.jspecify.annotations.NullMarked;
