/** One bounded way to talk HTTP: every limit explicit, no redirect followed, a token bound to one host. */
@NullMarked
package dev.pinfold.conformance.http;

import org.jspecify.annotations.NullMarked;
