package dev.pinfold.broker.pin;

import java.util.List;

/**
 * One page of a list.
 *
 * @param count how many pins match in all
 * @param pins newest first
 */
public record PinPage(long count, List<PinRow> pins) {
    public PinPage {
        pins = List.copyOf(pins);
    }
}
