package dev.pinfold.conformance.http;

/** The run cannot go on, or cannot judge fairly: the message is the sentence the operator reads, exit code 3. */
public final class RunAborted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunAborted(String sentence) {
        super(sentence);
    }
}
