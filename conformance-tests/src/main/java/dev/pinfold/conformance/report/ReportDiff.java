package dev.pinfold.conformance.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What changed between two JSON reports, check by check. */
public final class ReportDiff {
    private ReportDiff() {}

    /** How a check changed. */
    public enum Kind {
        BROKEN,
        FIXED,
        FAILS_DIFFERENTLY,
        NO_LONGER_JUDGED,
        NEWLY_JUDGED
    }

    /** One changed check; the details are what the later report found. */
    public record Change(Kind kind, String check, String severity, String details) {}

    /** All changes; a MUST that is newly broken makes the difference a regression. */
    public record Diff(List<Change> changes) {
        public boolean regression() {
            return changes.stream()
                    .anyMatch(c -> c.kind() == Kind.BROKEN && c.severity().equals("must"));
        }
    }

    /** Reads a report; the IOException says what is wrong with the file. */
    public static JsonNode read(Path file) throws IOException {
        JsonNode node = Json.parse(Files.readAllBytes(file)).orElseThrow(() -> new IOException(file + " is not JSON"));
        if (!node.path("format").asText().equals(JsonReport.FORMAT)) {
            throw new IOException(file + " is not a " + JsonReport.FORMAT + " (its format is '"
                    + node.path("format").asText() + "')");
        }
        return node;
    }

    public static Diff between(JsonNode earlier, JsonNode later) {
        Map<String, JsonNode> before = checks(earlier);
        Map<String, JsonNode> after = checks(later);
        List<Change> changes = new ArrayList<>();
        after.forEach((id, now) -> change(before.get(id), now)
                .ifPresent(kind ->
                        changes.add(new Change(kind, id, now.path("severity").asText(), details(now)))));
        before.forEach((id, then) -> {
            if (!after.containsKey(id)) {
                changes.add(new Change(
                        Kind.NO_LONGER_JUDGED, id, then.path("severity").asText(), "not in the later report"));
            }
        });
        return new Diff(changes);
    }

    private static Optional<Kind> change(@Nullable JsonNode then, JsonNode now) {
        String before = then == null ? "skip" : then.path("verdict").asText();
        String after = now.path("verdict").asText();
        if (before.equals(after)) {
            boolean other =
                    after.equals("fail") && then != null && !details(then).equals(details(now));
            return other ? Optional.of(Kind.FAILS_DIFFERENTLY) : Optional.empty();
        }
        return Optional.of(
                switch (after) {
                    case "fail" -> Kind.BROKEN;
                    case "skip" -> Kind.NO_LONGER_JUDGED;
                    default -> before.equals("fail") ? Kind.FIXED : Kind.NEWLY_JUDGED;
                });
    }

    /** What was found, without the parts that differ from run to run (ids, times, CIDs). */
    private static String details(JsonNode check) {
        List<String> found = new ArrayList<>();
        check.path("findings")
                .forEach(f -> found.add("expected " + f.path("expected").asText() + ", got "
                        + f.path("got").asText()));
        return String.join("; ", found)
                .replaceAll("[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "…")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z?", "…")
                .replaceAll("\\b(baf[a-z2-7]{20,}|Qm[1-9A-HJ-NP-Za-km-z]{44}|k[0-9a-z]{40,})\\b", "…")
                .replaceAll("pinfold-conformance-[a-zA-Z2-7]+-[A-Za-z-]+-\\d+", "…");
    }

    private static Map<String, JsonNode> checks(JsonNode report) {
        Map<String, JsonNode> checks = new LinkedHashMap<>();
        report.path("checks").forEach(check -> checks.put(check.path("id").asText(), check));
        return checks;
    }
}
