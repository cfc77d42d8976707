/** A finished run as JSON, JUnit XML, Markdown, HTML, a badge; and the difference of two runs. */
@NullMarked
package dev.pinfold.conformance.report;

import org.jspecify.annotations.NullMarked;
