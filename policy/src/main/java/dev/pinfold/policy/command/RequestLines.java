package dev.pinfold.policy.command;

import dev.pinfold.policy.PlacementRequest;
import dev.pinfold.policy.Problem;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocuments;
import java.util.Iterator;
import java.util.function.Consumer;

/** Reads requests line by line, so that a file of any length needs little memory. */
final class RequestLines {
    private RequestLines() {}

    static void forEach(Iterator<String> lines, Consumer<PlacementRequest> action) {
        int number = 0;
        while (lines.hasNext()) {
            String line = lines.next();
            number++;
            if (!line.isBlank()) {
                action.accept(read(line, number));
            }
        }
    }

    private static PlacementRequest read(String line, int number) {
        Parsed<PlacementRequest> parsed = PolicyDocuments.request("requests", line);
        if (!parsed.problemsOrNone().isEmpty()) {
            throw new BadRequestLine(parsed.problemsOrNone().stream()
                    .map(p -> new Problem(p.file(), number, p.column(), p.message()))
                    .toList());
        }
        return parsed.orThrow();
    }
}
