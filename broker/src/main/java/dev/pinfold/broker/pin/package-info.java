/** Pins as tenants see them: requests, queries, states. {@link dev.pinfold.broker.pin.PinService} is the entry. */
@NullMarked
package dev.pinfold.broker.pin;

import org.jspecify.annotations.NullMarked;
