/** Tests. */
@NullMarked
package dev.pinfold.policy.document;

import org.jspecify.annotations.NullMarked;
