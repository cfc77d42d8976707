/** The few content formats the checks need: CIDs, multiaddrs, CAR files, dag-pb links. */
@NullMarked
package dev.pinfold.conformance.content;

import org.jspecify.annotations.NullMarked;
