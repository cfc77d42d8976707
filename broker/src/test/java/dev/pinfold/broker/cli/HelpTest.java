package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HelpTest {
    static Stream<List<String>> commands() {
        List<List<String>> all = new ArrayList<>();
        CommandLine root = Main.commandLine();
        Commands.addAll(root);
        collect(root, List.of(), all);
        return all.stream();
    }

    private static void collect(CommandLine command, List<String> path, List<List<String>> all) {
        all.add(path);
        command.getSubcommands().forEach((name, sub) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            collect(sub, longer, all);
        });
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_explains_itself_with_an_example(List<String> command) {
        List<String> words = new ArrayList<>(command);
        words.add("--help");
        Ran ran = Ran.pinfold(words.toArray(String[]::new));
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("Usage: pinfold").contains("Example:").contains("  pinfold ");
        assertThat(ran.err()).isEmpty();
    }

    @Test
    void only_the_command_that_is_meant_is_made_unless_all_are_needed() {
        assertThat(subcommandsFor("pin", "ls")).containsExactly("pin");
        assertThat(subcommandsFor("--help")).contains("conformance", "bench", "pin");
        assertThat(subcommandsFor("conformnce")).contains("conformance");
        assertThat(subcommandsFor("completion", "bash")).contains("conformance");
        assertThat(Ran.pinfold("conformnce").err()).contains("conformance");
    }

    private static Set<String> subcommandsFor(String... arguments) {
        CommandLine root = Main.commandLine();
        Commands.addMeant(root, arguments);
        return root.getSubcommands().keySet();
    }

    @Test
    void the_version_names_the_jdk() {
        assertThat(Ran.pinfold("--version").out()).matches("(?s)pinfold \\S+ \\(JDK .+\\)\\s+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void completion_knows_every_command(String shell) {
        Ran ran = Ran.pinfold("completion", shell);
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("explain").contains("token-env").contains("background");
    }

    @Test
    void an_unexpected_failure_is_told_without_a_stack_trace() {
        StringWriter err = new StringWriter();
        CommandLine broken = new CommandLine(new Broken());
        int code = Main.run(broken, new PrintWriter(new StringWriter()), new PrintWriter(err));
        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("unexpected java.lang.IllegalStateException: by design; run again with PINFOLD_DEBUG=1")
                .hasLineCount(1);
    }

    @CommandLine.Command(name = "broken")
    static final class Broken implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("by design");
        }
    }
}
