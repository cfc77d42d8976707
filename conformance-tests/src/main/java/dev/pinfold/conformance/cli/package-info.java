/** The command line: run, list, explain, diff, clean. */
@NullMarked
package dev.pinfold.conformance.cli;

import org.jspecify.annotations.NullMarked;
