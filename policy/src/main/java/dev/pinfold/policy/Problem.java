package dev.pinfold.policy;

/**
 * One thing that is wrong in a document.
 *
 * @param file the name the document was given
 * @param line 1-based line
 * @param column 1-based column
 * @param message what is wrong and what would be right
 */
public record Problem(String file, int line, int column, String message) {
    /** {@code file:line:column: message}, as editors and compilers understand it. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}
