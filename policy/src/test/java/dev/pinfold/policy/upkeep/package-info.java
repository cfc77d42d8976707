/** Tests. */
@NullMarked
package dev.pinfold.policy.upkeep;

import org.jspecify.annotations.NullMarked;
