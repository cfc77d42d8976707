package dev.pinfold.broker.config;

/**
 * One thing that is wrong in a configuration file.
 *
 * @param file the file as the reader named it
 * @param line from 1
 * @param column from 1
 * @param message what is wrong, where, and what to do
 */
public record Problem(String file, int line, int column, String message) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
