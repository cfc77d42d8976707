/**
 * Storage deals through an operator's own Lotus node. Every wire format is translated by one small class; the three ways to
 * make a deal ({@code LegacyDeals}, {@code Mk12Deals}, {@code Mk20Deals}) share what the chain says ({@code ChainView}).
 */
@NullMarked
package dev.pinfold.filecoin;

import org.jspecify.annotations.NullMarked;
