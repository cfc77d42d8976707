/**
 * HTTP calls as adapters need them: bounded, ended by a deadline or an interrupt, never repeated, and clear about whether
 * a request without an answer can have arrived.
 */
@NullMarked
package dev.pinfold.http;

import org.jspecify.annotations.NullMarked;
