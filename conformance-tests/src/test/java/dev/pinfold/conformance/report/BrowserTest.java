package dev.pinfold.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.Conformance;
import dev.pinfold.conformance.RunListener;
import dev.pinfold.conformance.TestSettings;
import dev.pinfold.conformance.http.Json;
import dev.pinfold.conformance.reference.Behaviour;
import dev.pinfold.conformance.reference.Defect;
import dev.pinfold.conformance.reference.ReferencePsa;
import dev.pinfold.conformance.rule.Report;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser at the width of a desk and of a phone: judged by axe-core, in the light and in the dark
 * palette, and with all colours taken away. Pictures of it are left in {@code target/screenshots}. Runs where Chromium
 * is installed.
 */
@Timeout(300)
final class BrowserTest {
    private static final int[] WIDTHS = {1280, 390};

    /** What axe says, and whether the page is wider than the window. */
    private static final String JUDGE = """
            document.querySelectorAll('details').forEach(d => d.open = true);
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(r => {
              const said = {
                rules: r.passes.length + r.violations.length,
                violations: r.violations.map(v => v.id + ' ' + v.nodes[0].html),
                overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth
              };
              const p = document.createElement('pre');
              p.className = 'axe-result';
              p.textContent = JSON.stringify(said);
              document.body.append(p);
            });
            """;

    @TempDir
    private static Path dir = Path.of(".");

    private static String html = "";

    @BeforeAll
    static void judgeABrokenServer() {
        html = HtmlReport.write(broken());
    }

    @Test
    void axe_finds_nothing_and_nothing_sticks_out_at_either_width() throws Exception {
        Path chromium = chromium();
        judge(chromium, html, 1280, "light");
        judge(chromium, html, 390, "dark");
    }

    private void judge(Path chromium, String html, int width, String palette) throws Exception {
        Path page = withScript(html, palette);
        String dom = Files.readString(browse(chromium, width, "--dump-dom", page), StandardCharsets.UTF_8);
        int found = dom.lastIndexOf("<pre class=\"axe-result\">");
        assertThat(found).as("axe ran at width " + width).isPositive();
        String result = dom.substring(dom.indexOf('>', found) + 1, dom.indexOf("</pre>", found))
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
        JsonNode said = Json.parse(result.getBytes(StandardCharsets.UTF_8)).orElseThrow();
        assertThat(said.path("rules").asInt()).isGreaterThan(20);
        assertThat(said.path("violations"))
                .as("violations at width " + width + ", " + palette)
                .isEmpty();
        assertThat(said.path("overflow").asInt())
                .as("sideways scrolling at width " + width)
                .isZero();
    }

    @Test
    void pictures_are_taken_at_both_widths_for_people_to_look_at() throws Exception {
        Path chromium = chromium();
        Path pictures = Files.createDirectories(Path.of("target", "screenshots").toAbsolutePath());
        Path page = dir.resolve("report.html");
        Files.writeString(page, html);
        for (int width : WIDTHS) {
            Path picture = pictures.resolve("report-" + width + ".png");
            browse(chromium, width, "--screenshot=" + picture, page);
            var image = ImageIO.read(picture.toFile());
            assertThat(image.getWidth()).isEqualTo(width);
            Set<Integer> colours = new java.util.HashSet<>();
            for (int y = 0; y < image.getHeight(); y += 7) {
                for (int x = 0; x < image.getWidth(); x += 7) {
                    colours.add(image.getRGB(x, y));
                }
            }
            assertThat(colours).as("something was drawn at width " + width).hasSizeGreaterThan(8);
        }
    }

    /** Verdicts are words or signs, so that the page says the same to those who see no colours. */
    @Test
    void every_verdict_is_a_word() {
        for (String kind : List.of("pass", "fail", "part", "skipped")) {
            for (String text : texts(html, "<span class=\"" + kind + "\">.{1,90}")) {
                assertThat(text.replaceAll("<[^>]*(>|$)|[^\\p{L}]", ""))
                        .as("the word in " + text)
                        .isNotEmpty();
            }
        }
        assertThat(texts(html, "<p class=\"verdict \\w+\">(.*?)</p>"))
                .singleElement()
                .asString()
                .contains("broken");
    }

    private static List<String> texts(String html, String pattern) {
        List<String> found = new ArrayList<>();
        var matcher = java.util.regex.Pattern.compile(pattern, java.util.regex.Pattern.DOTALL)
                .matcher(html);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static Report broken() {
        Set<Defect> defects = Set.of(
                Defect.COUNT_IGNORES_BEFORE,
                Defect.DELEGATES_WITHOUT_PEER,
                Defect.CORS_ABSENT,
                Defect.EXTRA_FIELD,
                Defect.GATEWAY_BYTES_END_EXCLUSIVE);
        try (ReferencePsa server =
                ReferencePsa.start(defects, Set.of(Behaviour.PINS_AT_ONCE, Behaviour.TRUSTLESS_ONLY))) {
            return Conformance.run(TestSettings.of(server, dir.resolve("state")), RunListener.SILENT);
        }
    }

    private Path withScript(String html, String palette) throws IOException {
        String axe;
        try (InputStream in = BrowserTest.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        Path page = dir.resolve("page-" + palette + ".html");
        // The page's own policy forbids scripts, also these; and the window of a headless browser is always light.
        String open = html.replaceAll("<meta http-equiv[^>]*>", "");
        String coloured = palette.equals("dark") ? open.replace("(prefers-color-scheme: dark)", "all") : open;
        Files.writeString(
                page, coloured.replace("</body>", "<script>" + axe + "</script><script>" + JUDGE + "</script></body>"));
        return page;
    }

    private static Path chromium() {
        Optional<Path> browser = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        if (browser.isEmpty()) {
            System.out.println("skipped: no Chromium is installed, so the page is not looked at in a browser");
        }
        assumeTrue(browser.isPresent(), "no Chromium is installed");
        return browser.orElseThrow();
    }

    /** Opens the page and returns what the browser wrote to its output. */
    private Path browse(Path chromium, int width, String what, Path page) throws Exception {
        Path out = dir.resolve("out.html");
        Process browser = new ProcessBuilder(
                        chromium.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--window-size=" + width + "," + (width < 500 ? 3600 : 2400),
                        "--user-data-dir=" + dir.resolve("profile"),
                        "--virtual-time-budget=20000",
                        what,
                        page.toUri().toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(browser.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
