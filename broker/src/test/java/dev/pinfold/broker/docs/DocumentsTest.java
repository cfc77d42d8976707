package dev.pinfold.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.pin.Caller;
import dev.pinfold.broker.pin.PinStatus;
import dev.pinfold.broker.provider.FailureTreatment;
import dev.pinfold.broker.replica.ReplicaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents name files that exist, words that the code uses, and every dependency. */
final class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");
    private static final Pattern STEP = Pattern.compile("(?m)^([0-9]+)\\. (.*(?:\\n   +.*)*)");
    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>\\s*<groupId>[^<]*</groupId>\\s*<artifactId>([^<]*)</artifactId>");

    @Test
    void every_link_between_files_leads_somewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        List<Path> documents = Repository.files().stream()
                .filter(file -> file.toString().endsWith(".md"))
                .toList();
        assertThat(documents).hasSizeGreaterThan(15);
        for (Path document : documents) {
            Matcher link = LINK.matcher(Repository.text(document.toString()));
            while (link.find()) {
                String target = link.group(1);
                boolean elsewhere = target.matches("[a-z]+:.*");
                if (!elsewhere
                        && !Files.exists(Repository.root().resolve(document).resolveSibling(target))) {
                    broken.add(document + " links to " + target + ", which is not there");
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void the_life_of_a_pin_has_twelve_steps_and_each_names_a_file() {
        List<String> steps = STEP.matcher(Repository.text("docs/architecture.md"))
                .results()
                .map(step -> step.group(2))
                .toList();
        assertThat(steps).hasSize(12).allSatisfy(step -> assertThat(step).contains("](../"));
    }

    @Test
    void the_glossary_has_the_words_of_states_failures_and_scopes() {
        String glossary = Repository.text("docs/glossary.md");
        Stream.of(
                        Arrays.stream(ReplicaState.values()).map(ReplicaState::word),
                        Arrays.stream(PinStatus.values()).map(PinStatus::word),
                        Arrays.stream(Caller.Scope.values()).map(Caller.Scope::word),
                        Failures.all().stream()
                                .map(failure -> FailureTreatment.of(failure).label()))
                .flatMap(words -> words)
                .forEach(word -> assertThat(glossary).contains("`" + word + "`"));
    }

    @Test
    void every_dependency_has_its_reason() throws IOException {
        String reasons = Repository.text("docs/adr/0009-dependencies.md");
        Set<String> used = new TreeSet<>();
        for (Path file : Repository.files()) {
            boolean ofModule = file.endsWith("pom.xml") && file.getNameCount() > 1;
            if (ofModule) {
                Matcher dependency = DEPENDENCY.matcher(Repository.text(file.toString()));
                while (dependency.find()) {
                    used.add(dependency.group(1));
                }
            }
        }
        used.removeIf(artifact -> artifact.startsWith("pinfold-"));
        assertThat(used)
                .hasSizeGreaterThan(15)
                .allSatisfy(artifact -> assertThat(reasons)
                        .as("%s needs a line in docs/adr/0009-dependencies.md", artifact)
                        .contains(artifact + "`"));
    }

    @Test
    void the_index_of_decisions_is_complete() throws IOException {
        String index = Repository.text("docs/adr/README.md");
        List<Path> decisions = Repository.files().stream()
                .filter(file -> file.toString().matches("docs/adr/[0-9]{4}-.*\\.md"))
                .toList();
        assertThat(decisions).hasSizeGreaterThanOrEqualTo(10);
        for (Path decision : decisions) {
            assertThat(index).contains("(" + decision.getFileName() + ")");
            assertThat(Repository.text(decision.toString()).lines().count())
                    .as("%s fits on a page", decision)
                    .isLessThan(70);
        }
    }
}
