package dev.pinfold.kit.filecoin;

/** What Curio's market 2.0 says to a request: an HTTP status and, unless it is 200, a reason in words. */
record Verdict(int status, String reason) {
    static final Verdict OK = new Verdict(200, "");

    boolean ok() {
        return status == 200;
    }

    String body() {
        return ok() ? "" : "Reason: " + Words.simulated(reason);
    }
}
