package dev.pinfold.broker.alert;

/**
 * Where parts of the broker say that an operator should know something. Idempotent per kind and subject: whoever looks
 * at a condition again and again raises or clears it each time. Calls block; they are made on virtual threads only.
 */
public interface Alerts {
    /**
     * Opens an alert, unless one of this kind is open for the subject already; that one gets the new message. A kind that
     * is told {@link AlertKind#once() once} changes nothing when it was ever raised for the subject.
     *
     * @param subject what it is about, in the words of the operator: up to 200 characters, no secret
     * @param message what is the case and what to do: up to 1,000 characters, no secret
     */
    void raise(AlertKind kind, String subject, String message);

    /** Closes the open alert of this kind for the subject, if there is one: its cause is gone. */
    void clear(AlertKind kind, String subject);
}
