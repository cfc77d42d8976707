package dev.pinfold.conformance.http;

/** A request got no usable HTTP answer: refused, reset, too slow, too big, not HTTP, wrong certificate. */
public final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Exchange exchange;
    private final boolean timeout;

    NoAnswer(Exchange exchange, String sentence, boolean timeout) {
        super(sentence);
        this.exchange = exchange;
        this.timeout = timeout;
    }

    public Exchange exchange() {
        return exchange;
    }

    public boolean timeout() {
        return timeout;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
