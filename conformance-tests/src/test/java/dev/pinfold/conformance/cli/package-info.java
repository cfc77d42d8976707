/** Tests of the command line. */
@NullMarked
package dev.pinfold.conformance.cli;

import org.jspecify.annotations.NullMarked;
