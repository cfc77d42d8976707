/** Tests. */
@NullMarked
package dev.pinfold.policy.command;

import org.jspecify.annotations.NullMarked;
