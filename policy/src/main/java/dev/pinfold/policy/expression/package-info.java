/** The bounded expression language of policies (CEL), compiled on first use. */
@NullMarked
package dev.pinfold.policy.expression;

import org.jspecify.annotations.NullMarked;
