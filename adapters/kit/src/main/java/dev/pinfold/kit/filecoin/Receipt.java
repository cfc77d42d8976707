package dev.pinfold.kit.filecoin;

/**
 * What became of a message.
 *
 * @param exitCode 0 done; 16 illegal argument, 18 forbidden, 19 insufficient funds, 17 not found
 * @param returned base64 of what the actor returned
 * @param height the epoch whose tipset holds it
 */
record Receipt(int exitCode, String returned, long height) {
    static final int ILLEGAL_ARGUMENT = 16;
    static final int NOT_FOUND = 17;
    static final int INSUFFICIENT_FUNDS = 19;

    boolean ok() {
        return exitCode == 0;
    }
}
