package dev.pinfold.broker.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Carries every problem that was found, in the order of the file. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** More than these are only counted. */
    private static final int SHOWN = 50;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String text(List<Problem> problems) {
        String shown = problems.stream().limit(SHOWN).map(Problem::toString).collect(Collectors.joining("\n"));
        int more = problems.size() - SHOWN;
        return more > 0 ? shown + "\n… and " + more + " more problems" : shown;
    }
}
