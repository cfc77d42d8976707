/** Tests. */
@NullMarked
package dev.pinfold.policy.search;

import org.jspecify.annotations.NullMarked;
