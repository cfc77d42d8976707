/** What an operator should know and do something about: raised once, shown until it is over. */
@NullMarked
package dev.pinfold.broker.alert;

import org.jspecify.annotations.NullMarked;
