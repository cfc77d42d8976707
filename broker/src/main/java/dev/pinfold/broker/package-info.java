/** The broker: one endpoint in front of many providers. {@code Broker} puts the parts together; start reading there. */
@NullMarked
package dev.pinfold.broker;

import org.jspecify.annotations.NullMarked;
