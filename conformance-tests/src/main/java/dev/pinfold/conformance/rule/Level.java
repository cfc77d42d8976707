package dev.pinfold.conformance.rule;

/** How deep a run goes; asking for one level includes those before it. */
public enum Level {
    L0("Reach and auth"),
    L1("Shapes"),
    L2("Input validation"),
    L3("List semantics"),
    L4("Life cycle"),
    L5("Robustness"),
    L6("Client profiles"),
    G("Trustless gateway");

    private final String title;

    Level(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
