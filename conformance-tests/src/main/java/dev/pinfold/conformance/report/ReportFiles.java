package dev.pinfold.conformance.report;

import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.rule.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a report in every format into one directory. */
public final class ReportFiles {
    private ReportFiles() {}

    /** Writes report.json, junit.xml, report.md, report.html and badge.svg; gives back what was written. */
    public static List<Path> write(Report report, Path directory) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("report.json", Json.pretty(JsonReport.write(report)) + "\n");
        files.put("junit.xml", JunitXml.write(report));
        files.put("report.md", MarkdownReport.write(report));
        files.put("report.html", HtmlReport.write(report));
        files.put("badge.svg", Badge.svg(report));
        Files.createDirectories(directory);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        return files.keySet().stream().map(directory::resolve).toList();
    }
}
