package dev.pinfold.policy.document;

import dev.pinfold.policy.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects what is wrong in one document, so that all of it can be told at once; stops listening after a hundred. */
final class Problems {
    private static final int MOST = 100;

    private final String file;
    private final Set<String> labels = new TreeSet<>(Labels.STANDARD);
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    /** Label names that may be used in this document: the standard ones and those it declares. */
    Set<String> labels() {
        return labels;
    }

    String file() {
        return file;
    }

    void add(Node.Position at, String message) {
        if (found.size() < MOST) {
            found.add(new Problem(file, at.line(), at.column(), message));
        }
    }

    /** True when further problems are no longer listened to, so that nobody has to word them. */
    boolean full() {
        return found.size() >= MOST;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** In the order of the file. */
    List<Problem> sorted() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .distinct()
                .toList();
    }
}
