package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.Exchange;

/** The endpoint did not take an ordinary pin, so a check that needs one cannot go on. */
public final class CannotPin extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Exchange exchange;
    private final String expected;

    CannotPin(Exchange exchange, String expected, String got) {
        super(got);
        this.exchange = exchange;
        this.expected = expected;
    }

    public Exchange exchange() {
        return exchange;
    }

    public String expected() {
        return expected;
    }

    public String got() {
        return String.valueOf(getMessage());
    }
}
