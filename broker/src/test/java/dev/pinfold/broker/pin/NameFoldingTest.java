package dev.pinfold.broker.pin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When two names are alike but for their case. */
class NameFoldingTest {
    @ParameterizedTest
    @CsvSource({
        "abc,ABC",
        "Straße,STRASSE",
        "ẞ,ss",
        "ΟΔΟΣ,οδος",
        "οδοσ,οδος",
        "ﬁn,FIN",
        "İstanbul,i̇stanbul",
        "İ,İ",
        "ǅ,ǆ",
        "K,k",
        "Ärger,ÄRGER",
        "ԵՒ,և",
        "𐐀,𐐨",
        "Ꭰ,ꭰ"
    })
    void names_that_differ_in_case_only_are_alike(String one, String other) {
        assertThat(NameFolding.fold(one)).isEqualTo(NameFolding.fold(other));
    }

    @ParameterizedTest
    @CsvSource({"a,b", "é,e", "é,e\u0301", "ı,İ", "o,0", "' a','a'", "İ,I"})
    void names_that_differ_otherwise_are_not_alike(String one, String other) {
        assertThat(NameFolding.fold(one)).isNotEqualTo(NameFolding.fold(other));
    }

    @Test
    void every_letter_is_like_itself_in_upper_and_in_lower_case() {
        IntStream.rangeClosed(0, 0x1FFFF)
                .filter(Character::isLetter)
                .mapToObj(Character::toString)
                .forEach(letter -> {
                    String fold = NameFolding.fold(letter);
                    assertThat(NameFolding.fold(letter.toUpperCase(Locale.ROOT)))
                            .as(letter)
                            .isEqualTo(fold);
                    assertThat(NameFolding.fold(fold))
                            .as("folding twice " + letter)
                            .isEqualTo(fold);
                });
    }

    @Test
    void the_neighbours_of_a_letter_do_not_matter() {
        assertThat(NameFolding.fold("ΣΑΣ") + NameFolding.fold("Σ")).isEqualTo(NameFolding.fold("ΣΑΣΣ"));
    }
}
