package dev.pinfold.policy.command;

import dev.pinfold.policy.Problem;
import java.util.List;

/** A line of a requests file that is no request; ends the command. */
final class BadRequestLine extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient List<Problem> problems;

    BadRequestLine(List<Problem> problems) {
        super(problems.toString());
        this.problems = problems;
    }

    List<Problem> problems() {
        return problems;
    }
}
