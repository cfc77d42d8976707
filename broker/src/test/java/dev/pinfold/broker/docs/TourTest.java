package dev.pinfold.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TourTest {
    private static final String DOCUMENT = """
            # Title

            ```sh
            not part of the tour
            ```

            ```sh tour server
            serve
            #> is ready
            ```

            Words.

            ```sh tour
            first
            # a comment
            #> a b … d
            #> e

            second
            ```
            """;

    @Test
    void only_marked_blocks_are_run_line_by_line() {
        Tour tour = Tour.read(DOCUMENT);
        assertThat(tour.server()).extracting(Tour.Command::text).containsExactly("serve");
        assertThat(tour.commands()).extracting(Tour.Command::text).containsExactly("first", "second");
        assertThat(tour.commands()).extracting(Tour.Command::line).containsExactly(15, 20);
    }

    @Test
    void a_promise_that_the_output_does_not_keep_is_named() {
        Tour.Command first = Tour.read(DOCUMENT).commands().getFirst();
        assertThat(first.broken("x a    b c d x\ne\n")).isEmpty();
        assertThat(first.broken("a b c\nd e")).containsExactly("a b … d");
        assertThat(first.broken("")).containsExactly("a b … d", "e");
    }
}
