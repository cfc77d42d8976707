package dev.pinfold.conformance.checks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.session.Psa;
import dev.pinfold.conformance.session.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pages as Kubo's client does: {@code before} is the creation time of the last item, and the walk is over when a batch
 * is as long as {@code count}. A count above zero with an empty batch is an error there, and so it is here.
 */
record KuboWalk(List<String> ids, Optional<String> problem, Exchange last) {

    static KuboWalk over(Psa psa, Query filter, int limit, int expected) {
        List<String> ids = new ArrayList<>();
        int mostPages = expected / limit + 5;
        Exchange page = psa.list(filter.limit(limit));
        for (int pages = 1; ; pages++) {
            JsonNode results = page.json().path("results");
            int count = page.json().path("count").asInt(-1);
            results.forEach(result -> ids.add(result.path("requestid").asText()));
            Optional<String> problem = problem(page, count, results, pages > mostPages);
            if (problem.isPresent() || count == results.size()) {
                return new KuboWalk(ids, problem, page);
            }
            String oldest = results.path(results.size() - 1).path("created").asText();
            page = psa.list(filter.limit(limit).before(oldest));
        }
    }

    private static Optional<String> problem(Exchange page, int count, JsonNode results, boolean tooManyPages) {
        if (page.status() != 200) {
            return Optional.of("status " + page.status());
        }
        if (results.isEmpty() && count != 0) {
            return Optional.of("count " + count + " with no results");
        }
        return tooManyPages ? Optional.of("still not at the end") : Optional.empty();
    }
}
