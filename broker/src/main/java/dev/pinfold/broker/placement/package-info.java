/** Where copies go: builds the fleet's snapshot, asks the policy engine, stores its decision. */
@NullMarked
package dev.pinfold.broker.placement;

import org.jspecify.annotations.NullMarked;
