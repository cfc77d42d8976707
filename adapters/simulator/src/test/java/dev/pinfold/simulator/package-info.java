@NullMarked
package dev.pinfold.simulator;

import org.jspecify.annotations.NullMarked;
