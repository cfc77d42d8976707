package dev.pinfold.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.config.ConfigException;
import dev.pinfold.broker.config.ConfigLoader;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocuments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What holds for every file of the repository, and that every configuration file in it is read. */
final class RepositoryTest {
    /** Written in pieces, so that this file keeps the rule too. */
    private static final List<Pattern> UNWANTED = List.of(
            Pattern.compile("(?<![A-Za-z0-9_.\"}>/-])/wo" + "rk/"),
            Pattern.compile("repo1?\\.ma" + "ven"),
            Pattern.compile("registry\\.np" + "mjs"),
            Pattern.compile("files\\.python" + "hosted|py" + "pi\\.org"),
            Pattern.compile("(?<![A-Za-z0-9_])(TO" + "DO|FIX" + "ME)(?![A-Za-z0-9_])"));

    @Test
    void no_file_names_a_machine_a_package_host_or_work_left_undone() throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> files = Repository.files();
        assertThat(files).hasSizeGreaterThan(300);
        for (Path file : files) {
            // Binary files are searched as Latin-1: the words are ASCII.
            String text = new String(Files.readAllBytes(Repository.root().resolve(file)), StandardCharsets.ISO_8859_1);
            for (Pattern word : UNWANTED) {
                Matcher matcher = word.matcher(text);
                if (matcher.find()) {
                    long line = text.substring(0, matcher.start()).lines().count();
                    found.add(file + " near line " + line + ": " + matcher.group());
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void every_configuration_file_is_read_without_a_problem() throws IOException {
        List<Path> files = Repository.files().stream()
                .filter(file -> file.startsWith("config") && file.toString().endsWith(".yaml"))
                .toList();
        assertThat(files).hasSizeGreaterThanOrEqualTo(13).contains(Path.of("config", "quickstart.yaml"));
        for (Path file : files) {
            assertThat(problems(file)).as("problems of %s", file).isEmpty();
        }
    }

    private static List<String> problems(Path file) {
        String text = Repository.text(file.toString());
        if (text.contains("kind: PolicySet")) {
            return texts(PolicyDocuments.policy(file.toString(), text));
        }
        if (text.contains("kind: ProviderCatalog")) {
            return texts(PolicyDocuments.catalog(file.toString(), text));
        }
        try {
            ConfigLoader.standard().load(Repository.root().resolve(file), ConfigLoader.Overrides.NONE);
            return List.of();
        } catch (ConfigException e) {
            // An example names secrets that only its user has.
            return String.valueOf(e.getMessage())
                    .lines()
                    .filter(line -> !line.contains("the environment variable "))
                    .toList();
        }
    }

    private static List<String> texts(Parsed<?> parsed) {
        return parsed.problemsOrNone().stream().map(Object::toString).toList();
    }
}
