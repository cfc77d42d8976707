/** What one run knows: its settings, the account it talks to, and the pins it made. */
@NullMarked
package dev.pinfold.conformance.session;

import org.jspecify.annotations.NullMarked;
