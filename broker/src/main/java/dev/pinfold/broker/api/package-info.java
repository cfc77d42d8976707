/** The HTTP surface. Routes check and translate; they decide nothing. */
@NullMarked
package dev.pinfold.broker.api;

import org.jspecify.annotations.NullMarked;
