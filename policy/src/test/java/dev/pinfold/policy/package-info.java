/** Tests of the placement engine. */
@NullMarked
package dev.pinfold.policy;

import org.jspecify.annotations.NullMarked;
