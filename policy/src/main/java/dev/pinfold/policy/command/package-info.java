/** The offline policy commands as functions from texts to text, JSON and an exit code. */
@NullMarked
package dev.pinfold.policy.command;

import org.jspecify.annotations.NullMarked;
