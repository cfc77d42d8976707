/**
 * What it takes to store a piece by a Filecoin storage deal. An adapter translates between these types and one node with
 * its wallet; the broker chooses the storage provider, writes the order down, and decides what follows from what it sees.
 */
@NullMarked
package dev.pinfold.spi.deal;

import org.jspecify.annotations.NullMarked;
