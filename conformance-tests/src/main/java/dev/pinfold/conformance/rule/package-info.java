/** What a check is, and what comes out of one: rule, severity, finding, result, report. */
@NullMarked
package dev.pinfold.conformance.rule;

import org.jspecify.annotations.NullMarked;
