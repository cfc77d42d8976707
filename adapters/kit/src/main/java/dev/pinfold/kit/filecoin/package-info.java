/**
 * A Filecoin network on loopback, for tests and the quickstart: Lotus nodes of several ages, Curio storage providers, and
 * a chain whose time is driven. It checks signatures, moves the data, computes piece commitments and serves what it
 * holds, but seals nothing and proves nothing. It says SIMULATED wherever a person may read what it says. It shares no
 * code with the adapters that talk to it, so that an error in theirs is seen here.
 */
@NullMarked
package dev.pinfold.kit.filecoin;

import org.jspecify.annotations.NullMarked;
