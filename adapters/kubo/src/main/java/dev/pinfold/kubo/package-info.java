/** An own IPFS node that speaks Kubo's RPC. {@code KuboProvider} says what is asked, {@code Rpc} asks it over HTTP. */
@NullMarked
package dev.pinfold.kubo;

import org.jspecify.annotations.NullMarked;
