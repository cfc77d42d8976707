package dev.pinfold.conformance.rule;

/**
 * One named check.
 *
 * @param id stable for ever; reports of different versions are compared by it
 * @param rule the rule in our words, one sentence
 * @param source where the rule stands: a place in the specification, or the client that needs it
 * @param why what goes wrong for people when the rule is broken
 */
public record Check(String id, Level level, Severity severity, String rule, String source, String why, Body body) {

    /** What the check does; it reports through the trial and returns when it passed. */
    @FunctionalInterface
    public interface Body {
        void run(Trial trial);
    }

    public Profile profile() {
        return level == Level.G ? Profile.GATEWAY : Profile.PSA;
    }
}
