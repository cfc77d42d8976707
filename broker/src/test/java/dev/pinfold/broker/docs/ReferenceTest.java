package dev.pinfold.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The reference documents say what the code says: each is made anew from the code and compared. With
 * {@code -Dpinfold.docs.write=true} they are written instead.
 */
final class ReferenceTest {
    /** A document that is made from the code. */
    enum Document {
        ERRORS("docs/errors.md"),
        METRICS("docs/metrics.md"),
        STATES("docs/states.md");

        private final String path;

        Document(String path) {
            this.path = path;
        }

        private String made() {
            return switch (this) {
                case ERRORS -> ErrorsReference.markdown();
                case METRICS -> MetricsReference.markdown();
                case STATES -> StatesReference.markdown();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_document_is_what_the_code_gives(Document document) throws IOException {
        if (Boolean.getBoolean("pinfold.docs.write")) {
            Files.writeString(Repository.root().resolve(document.path), document.made());
        }
        assertThat(Repository.text(document.path))
                .as("%s is stale; run this test with -Dpinfold.docs.write=true", document.path)
                .isEqualTo(document.made());
    }
}
