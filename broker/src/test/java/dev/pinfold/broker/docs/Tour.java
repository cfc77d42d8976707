package dev.pinfold.broker.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The commands of a document's fenced blocks marked {@code sh tour}, and what it promises of each: lines that begin with
 * {@code #>} name a part of the output, with any amount of white space between words and {@code …} for anything.
 */
record Tour(List<Command> server, List<Command> commands) {
    /** One line to run, and parts of what it must print. */
    record Command(int line, String text, List<String> promises) {
        /** The promises that this output does not keep. */
        List<String> broken(String output) {
            return promises.stream()
                    .filter(promise -> output.lines()
                            .noneMatch(line -> pattern(promise).matcher(line).find()))
                    .toList();
        }

        private static Pattern pattern(String promise) {
            return Pattern.compile(Pattern.compile("\\s+")
                    .splitAsStream(promise)
                    .map(word -> word.equals("…") ? ".*" : Pattern.quote(word))
                    .collect(Collectors.joining("\\s*")));
        }
    }

    static Tour read(String markdown) {
        List<Command> server = new ArrayList<>();
        List<Command> commands = new ArrayList<>();
        List<Command> block = null;
        int number = 0;
        for (String line : markdown.lines().toList()) {
            number++;
            String mark = line.strip().toLowerCase(Locale.ROOT);
            if (mark.startsWith("```")) {
                block = mark.equals("```sh tour server") ? server : mark.equals("```sh tour") ? commands : null;
            } else if (block != null && line.startsWith("#>")) {
                block.getLast().promises().add(line.substring(2).strip());
            } else if (block != null && !line.isBlank() && !line.startsWith("#")) {
                block.add(new Command(number, line, new ArrayList<>()));
            }
        }
        return new Tour(server, commands);
    }
}
