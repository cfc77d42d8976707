package dev.pinfold.broker.alert;

import java.util.Arrays;

/** Everything that alerts are raised for. Words are lower case with a dot, as in logs, metrics and the API. */
public enum AlertKind {
    /** A budget's spending passed one of its {@code warnAt} shares; over when the month is. */
    BUDGET_WARNING("budget.warning", Severity.WARNING, Span.ONCE),
    /** So many copies are lost at once that repair and moves are stopped. */
    REPAIR_STOPPED("repair.stopped", Severity.CRITICAL, Span.LASTING),
    /** A provider is not left by its deadline at the present pace. */
    DRAIN_LATE("drain.late", Severity.WARNING, Span.LASTING),
    /** A deal ends soon and nothing replaces it yet. */
    DEAL_EXPIRING("deal.expiring", Severity.WARNING, Span.LASTING),
    /** A storage provider lost the piece of a deal, by the chain's word. */
    DEAL_SLASHED("deal.slashed", Severity.CRITICAL, Span.ONCE),
    /** A wallet, its escrow or its DataCap does not last for what is to be paid. */
    FUNDS_LOW("funds.low", Severity.WARNING, Span.LASTING),
    /** A node does not let this broker do what deals need: its token is wrong, or lacks a permission. */
    NODE_REFUSES("node.refuses", Severity.WARNING, Span.LASTING);

    private final String word;
    private final Severity severity;
    private final Span span;

    /** How soon somebody must act. */
    public enum Severity {
        /** Within days. */
        WARNING,
        /** Now. */
        CRITICAL
    }

    /** What becomes of an alert that is raised again. */
    enum Span {
        /** A condition: it ends, and when it begins anew there is another alert. */
        LASTING,
        /** Something that happened: told once per subject, however often it is raised. */
        ONCE
    }

    AlertKind(String word, Severity severity, Span span) {
        this.word = word;
        this.severity = severity;
        this.span = span;
    }

    /** Its word, for example {@code budget.warning}. */
    public String word() {
        return word;
    }

    /** How soon somebody must act. */
    public Severity severity() {
        return severity;
    }

    /** Whether it is told once per subject, also after it was cleared. */
    public boolean once() {
        return span == Span.ONCE;
    }

    /**
     * The kind with this word.
     *
     * @throws IllegalArgumentException there is none
     */
    public static AlertKind ofWord(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no alert is called '" + word + "'"));
    }
}
