package dev.pinfold.conformance.cli;

import dev.pinfold.conformance.RunListener;
import dev.pinfold.conformance.report.CheckText;
import dev.pinfold.conformance.report.Clients;
import dev.pinfold.conformance.report.Scores;
import dev.pinfold.conformance.rule.Check;
import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Shows a run while it happens, and what came out of it. Words carry the verdict; colour only where it is wanted. */
final class Terminal implements RunListener {
    private static final Duration WORTH_TELLING = Duration.ofSeconds(5);

    private final PrintWriter err;
    private final boolean colour;
    private @Nullable Level level;

    Terminal(PrintWriter err) {
        this.err = err;
        this.colour = Ansi.AUTO.enabled() && System.getenv("NO_COLOR") == null;
    }

    @Override
    public void starting(Check check, int number, int of) {
        if (check.level() != level) {
            level = check.level();
            err.println();
            err.println((level == Level.G ? "Gateway" : level.name()) + "  " + level.title());
        }
        if (colour) {
            err.print(String.format(Locale.ROOT, "      … %s (%d of %d)\r", check.id(), number, of));
            err.flush();
        }
    }

    @Override
    public void finished(CheckResult result) {
        String clear = colour ? "\u001b[2K" : "";
        String line = switch (result.verdict()) {
            case PASS -> paint("32", "pass") + "  " + result.check().id() + notes(result.notes());
            case FAIL ->
                paint("31", "FAIL") + "  " + result.check().id() + " ("
                        + result.check().severity() + ")";
            case SKIP -> paint("90", "skip") + "  " + result.check().id() + ": " + result.reason();
        };
        err.println(clear + "  " + line);
        if (result.failed()) {
            err.println("        " + CheckText.firstFinding(result));
        }
        err.flush();
    }

    private static String notes(List<String> notes) {
        return notes.isEmpty() ? "" : "  (" + String.join("; ", notes) + ")";
    }

    @Override
    public void cleaning(int pins) {
        err.println();
        err.println("removing " + pins + " own pins");
        err.flush();
    }

    /** A long silence would look like a hang. */
    @Override
    public void waiting(Duration time) {
        if (time.compareTo(WORTH_TELLING) >= 0) {
            err.println("        429: waiting " + time.toSeconds() + " s, as the endpoint asks");
            err.flush();
        }
    }

    void summary(Report report, PrintWriter out) {
        out.println();
        for (Scores.Score score : Scores.byLevel(report)) {
            String name = score.level() == Level.G
                    ? "Gateway"
                    : score.level().name() + " " + score.level().title();
            out.println(String.format(
                    Locale.ROOT,
                    "%-24s %3d passed  %3d failed  %3d not judged",
                    name,
                    score.pass(),
                    score.fail(),
                    score.skip()));
        }
        out.println();
        for (Clients.Outlook outlook : Clients.of(report)) {
            String broken = outlook.broken().isEmpty() ? "" : ": " + String.join(", ", outlook.broken());
            out.println(String.format(Locale.ROOT, "%-38s %s%s", outlook.client(), outlook.verdict(), broken));
        }
        notJudged(report, out);
        report.grades()
                .forEach(grade -> out.println(String.format(
                        Locale.ROOT, "%-14s %s%s", grade.id(), grade.value(), grade.good() ? "" : "  (attention)")));
        out.println();
        out.println(Scores.sentence(report));
        out.println(report.requests() + " requests in " + report.took().toSeconds() + " s; "
                + (report.leftovers() == 0
                        ? "nothing was left behind."
                        : report.leftovers() + " own pins could not be removed (conformance clean tries again)."));
    }

    /** The reasons, each once, with how many checks it concerns. */
    private static void notJudged(Report report, PrintWriter out) {
        Map<String, Long> reasons = report.results().stream()
                .filter(result -> result.verdict() == Verdict.SKIP)
                .collect(Collectors.groupingBy(CheckResult::reason, LinkedHashMap::new, Collectors.counting()));
        reasons.forEach((reason, checks) ->
                out.println("not judged: " + checks + (checks == 1 ? " check, " : " checks, ") + reason));
    }

    private String paint(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
