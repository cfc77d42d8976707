package dev.pinfold.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.RunListener;
import dev.pinfold.conformance.TestSettings;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, judged by axe-core. Runs where Chromium is installed and PINFOLD_AXE names an axe.min.js
 * ({@code npm i axe-core}).
 */
final class BrowserTest {
    @Test
    void axe_finds_nothing_to_complain_about(@TempDir Path dir) throws Exception {
        Path chromium = Path.of("/usr/bin/chromium");
        String axe = System.getenv("PINFOLD_AXE");
        boolean ready = Files.isExecutable(chromium) && axe != null && Files.isReadable(Path.of(axe));
        if (!ready) {
            System.out.println("skipped: needs /usr/bin/chromium and PINFOLD_AXE=/path/to/axe.min.js");
        }
        assumeTrue(ready, "needs /usr/bin/chromium and PINFOLD_AXE");
        for (String width : new String[] {"1280,1600", "390,1600"}) {
            String dom = render(chromium, page(dir, Files.readString(Path.of(String.valueOf(axe)))), width, dir);
            int found = dom.lastIndexOf("<pre class=\"axe-result\">");
            assertThat(found).as("axe ran at width " + width).isPositive();
            String result = dom.substring(dom.indexOf('>', found) + 1, dom.indexOf("</pre>", found));
            assertThat(result).as("violations at width " + width).isEqualTo("violations: ");
        }
    }

    private static Path page(Path dir, String axe) throws IOException {
        Set<Defect> defects = Set.of(
                Defect.COUNT_IGNORES_BEFORE, Defect.DELEGATES_WITHOUT_PEER, Defect.CORS_ABSENT, Defect.EXTRA_FIELD);
        String html;
        try (ReferencePsa server = ReferencePsa.start(defects, Set.of(Behaviour.PINS_AT_ONCE))) {
            html = HtmlReport.write(Conformance.run(TestSettings.of(server, dir.resolve("state")), RunListener.SILENT));
        }
        String script =
                "<script>" + axe + "</script><script>document.querySelectorAll('details').forEach(d => d.open = true);"
                        + "axe.run().then(r => { const p = document.createElement('pre'); p.className = 'axe-result';"
                        + "p.textContent = 'violations: ' + r.violations.map(v => v.id + ' ' + v.nodes[0].html).join('; ');"
                        + "document.body.append(p); });</script></body>";
        Path file = dir.resolve("page.html");
        // The page's own policy forbids scripts, also this one.
        Files.writeString(file, html.replaceAll("<meta http-equiv[^>]*>", "").replace("</body>", script));
        return file;
    }

    private static String render(Path chromium, Path page, String width, Path dir) throws Exception {
        Path out = dir.resolve("dom.html");
        Process browser = new ProcessBuilder(
                        chromium.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--window-size=" + width,
                        "--user-data-dir=" + dir.resolve("profile"),
                        "--virtual-time-budget=20000",
                        "--dump-dom",
                        page.toUri().toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
