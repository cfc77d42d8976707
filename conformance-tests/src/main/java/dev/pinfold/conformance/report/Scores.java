package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Severity;
import dev.pinfold.conformance.rule.Verdict;
import java.util.Arrays;
import java.util.List;

/** The numbers of a report. */
public final class Scores {
    private Scores() {}

    /** One level's count; levels of which nothing ran are left out. */
    public record Score(Level level, long pass, long fail, long skip) {
        public long judged() {
            return pass + fail;
        }
    }

    public static List<Score> byLevel(Report report) {
        return Arrays.stream(Level.values())
                .map(level -> new Score(
                        level,
                        count(report, level, Verdict.PASS),
                        count(report, level, Verdict.FAIL),
                        count(report, level, Verdict.SKIP)))
                .filter(score -> score.pass() + score.fail() + score.skip() > 0)
                .toList();
    }

    private static long count(Report report, Level level, Verdict verdict) {
        return report.count(result -> result.check().level() == level && result.verdict() == verdict);
    }

    /** The report in one sentence, the same in every format. */
    public static String sentence(Report report) {
        if (!report.finished()) {
            return "The run did not finish: " + report.reason() + ".";
        }
        long fail = report.count(Severity.MUST, Verdict.FAIL);
        long must = fail + report.count(Severity.MUST, Verdict.PASS);
        long should = report.count(Severity.SHOULD, Verdict.FAIL);
        String first = fail == 0
                ? "All " + must + " MUST rules that were judged hold"
                : fail + " of " + must + " MUST rules are broken";
        String second = should == 0
                ? ""
                : "; " + should + " recommendation" + (should == 1 ? " is" : "s are") + " not followed";
        return first + second + ".";
    }

    static List<CheckResult> failing(Report report, Severity severity) {
        return report.results().stream()
                .filter(CheckResult::failed)
                .filter(result -> result.check().severity() == severity)
                .toList();
    }

    /** What could not be judged here; each result says why. */
    static List<CheckResult> notJudged(Report report) {
        return report.results().stream()
                .filter(result -> result.verdict() == Verdict.SKIP)
                .toList();
    }
}
