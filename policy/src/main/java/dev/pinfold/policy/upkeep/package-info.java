/** Pure decisions about pins after their first placement. */
@NullMarked
package dev.pinfold.policy.upkeep;

import org.jspecify.annotations.NullMarked;
