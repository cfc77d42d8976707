/** Tests of the report formats. */
@NullMarked
package dev.pinfold.conformance.report;

import org.jspecify.annotations.NullMarked;
