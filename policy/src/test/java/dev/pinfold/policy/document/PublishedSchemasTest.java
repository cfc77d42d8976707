package dev.pinfold.policy.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pinfold.policy.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemas in config/schema are those of the code. After a change of the language: run this test with
 * {@code -Dpinfold.updateSchemas=true} and commit what it wrote.
 */
class PublishedSchemasTest {
    static List<Path> policies() {
        return Root.workedPolicies();
    }

    @Test
    void the_published_policy_schema_is_that_of_the_code() throws IOException {
        published("config/schema/policy.schema.json", PolicyDocuments.policySchema());
    }

    @Test
    void the_published_catalog_schema_is_that_of_the_code() throws IOException {
        published("config/schema/catalog.schema.json", PolicyDocuments.catalogSchema());
    }

    private static void published(String path, String expected) throws IOException {
        if (Boolean.getBoolean("pinfold.updateSchemas")) {
            Files.createDirectories(Root.path(path).getParent());
            Files.writeString(Root.path(path), expected);
        }
        assertThat(Root.path(path)).hasContent(expected);
    }

    private static List<Error> validate(String schema, String document) {
        Schema compiled = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON);
        return compiled.validate(document, InputFormat.YAML);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void every_worked_policy_is_valid_by_the_published_schema(Path file) {
        assertThat(validate(PolicyDocuments.policySchema(), Root.read(file))).isEmpty();
    }

    @Test
    void the_example_catalog_is_valid_by_the_published_schema() {
        String catalog = Root.read(Root.path("config/providers/catalog.example.yaml"));
        assertThat(validate(PolicyDocuments.catalogSchema(), catalog)).isEmpty();
    }

    @Test
    void the_published_schema_refuses_what_the_reader_refuses() {
        String right = Root.read(Root.path("config/policies/cheapest-three.yaml"));
        for (String[] change : List.of(
                new String[] {"replicas:", "replica:"},
                new String[] {"target: 3", "target: three"},
                new String[] {"target: 3", "target: 0"},
                new String[] {"kind: PolicySet", "kind: PolicySets"},
                new String[] {"whenUnsatisfiable: prefer", "whenUnsatisfiable: maybe"},
                new String[] {"within: 30d", "within: 30"},
                new String[] {"revision: 1,", ""})) {
            String wrong = right.replace(change[0], change[1]);
            assertThat(wrong).isNotEqualTo(right);
            assertThat(validate(PolicyDocuments.policySchema(), wrong))
                    .as(change[1])
                    .isNotEmpty();
            assertThat(PolicyDocuments.policy("wrong", wrong).problemsOrNone())
                    .as(change[1])
                    .isNotEmpty();
        }
    }
}
