package dev.pinfold.policy.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.policy.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the guide shows is what the worked policies say. */
class GuideTest {
    private static final String GUIDE = Root.read(Root.path("docs/policy.md"));

    @Test
    void every_snippet_of_the_guide_stands_in_a_worked_policy() {
        String policies = Root.workedPolicies().stream().map(Root::read).collect(Collectors.joining("\n"));
        List<String> snippets = new ArrayList<>();
        Matcher matcher = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(GUIDE);
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        assertThat(snippets)
                .hasSizeGreaterThan(8)
                .allSatisfy(snippet -> assertThat(policies).contains(snippet));
    }

    @Test
    void the_guide_speaks_of_every_worked_policy() {
        assertThat(Root.workedPolicies())
                .allSatisfy(policy -> assertThat(GUIDE).contains(String.valueOf(policy.getFileName())));
    }
}
