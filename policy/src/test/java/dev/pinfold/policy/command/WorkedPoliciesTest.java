package dev.pinfold.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Root;
import dev.pinfold.policy.document.PolicyDocuments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every worked policy is right, passes its own tests, and fails one of them when its key line is taken out. */
class WorkedPoliciesTest {
    private static final String KEY_LINE = "# key line";

    private final PolicyCommands commands = new PolicyCommands();

    static List<Path> policies() {
        return Root.workedPolicies();
    }

    private static @Nullable String fixture(String path) {
        Path file = Root.path("config/policies").resolve(path);
        return Files.exists(file) ? Root.read(file) : null;
    }

    private static Text text(Path file) {
        return new Text(file.getFileName().toString(), Root.read(file));
    }

    @Test
    void there_are_at_least_eight_worked_policies() {
        assertThat(policies()).hasSizeGreaterThanOrEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_worked_policy_passes_its_check_against_the_example_catalog(Path file) {
        Path catalog = Root.path("config/providers/catalog.example.yaml");

        Outcome outcome = commands.check(text(file), text(catalog));

        assertThat(outcome.human()).startsWith(file.getFileName() + ": ok");
        assertThat(outcome.exitCode()).isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_worked_policy_passes_its_own_tests(Path file) {
        Outcome outcome = commands.test(text(file), WorkedPoliciesTest::fixture);

        assertThat(outcome.exitCode()).as(outcome.human()).isEqualTo(Outcome.DONE);
        assertThat(outcome.junitXml()).contains("failures=\"0\"").contains("<testcase");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_worked_policy_without_its_key_line_is_still_right_but_fails_one_of_its_tests(Path file) {
        String whole = Root.read(file);
        assertThat(whole).as("exactly one line is marked").containsOnlyOnce(KEY_LINE);
        String mutated =
                whole.lines().filter(line -> !line.contains(KEY_LINE)).collect(Collectors.joining("\n", "", "\n"));

        assertThat(PolicyDocuments.policy("mutated", mutated).problemsOrNone()).isEmpty();
        Outcome outcome = commands.test(new Text("mutated", mutated), WorkedPoliciesTest::fixture);
        assertThat(outcome.exitCode()).as(outcome.human()).isEqualTo(Outcome.NO);
        assertThat(outcome.junitXml()).contains("<failure");
    }
}
