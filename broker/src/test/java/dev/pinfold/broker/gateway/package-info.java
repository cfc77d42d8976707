/** The gateway over HTTP, with blocks from memory. */
@NullMarked
package dev.pinfold.broker.gateway;

import org.jspecify.annotations.NullMarked;
