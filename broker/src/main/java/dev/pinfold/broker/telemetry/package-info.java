/** What the broker measures and how it is named: {@code Metrics} is the only file that knows a meter's name. */
@NullMarked
package dev.pinfold.broker.telemetry;

import org.jspecify.annotations.NullMarked;
