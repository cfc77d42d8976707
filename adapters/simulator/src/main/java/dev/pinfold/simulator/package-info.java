/**
 * A Filecoin network inside the broker, for trying cold copies out without coins: the simulated network of the kit behind
 * the ordinary adapter for Lotus. Nothing here is real, and everything says SIMULATED.
 */
@NullMarked
package dev.pinfold.simulator;

import org.jspecify.annotations.NullMarked;
