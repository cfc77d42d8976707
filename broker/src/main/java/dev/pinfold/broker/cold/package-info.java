/**
 * The cold tier: gathers contents in bundles, writes each bundle as one Filecoin piece, and keeps pieces for the storage
 * providers that fetch them.
 */
@NullMarked
package dev.pinfold.broker.cold;

import org.jspecify.annotations.NullMarked;
