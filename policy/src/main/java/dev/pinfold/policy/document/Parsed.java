package dev.pinfold.policy.document;

import dev.pinfold.policy.Problem;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A document that was read, or everything that is wrong with it.
 *
 * @param <T> what a right document is
 */
public sealed interface Parsed<T> {
    /** The document is right. */
    record Valid<T>(T value) implements Parsed<T> {}

    /** The document is wrong; at least one problem, in the order of the file. */
    record Invalid<T>(List<Problem> problems) implements Parsed<T> {
        /** Copies the list. */
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /** The value, or IllegalArgumentException with every problem on its own line. */
    default T orThrow() {
        return switch (this) {
            case Valid<T> valid -> valid.value();
            case Invalid<T> invalid ->
                throw new IllegalArgumentException(
                        invalid.problems().stream().map(Problem::toString).collect(Collectors.joining("\n")));
        };
    }

    /** What is wrong; empty for a right document. */
    default List<Problem> problemsOrNone() {
        return switch (this) {
            case Valid<T> valid -> List.of();
            case Invalid<T> invalid -> invalid.problems();
        };
    }
}
