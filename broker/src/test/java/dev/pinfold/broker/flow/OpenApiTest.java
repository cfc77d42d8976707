package dev.pinfold.broker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.broker.api.OpenApi;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The description of the API says what is served, and nothing else. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "head");

    @TempDir
    Path folder;

    private static JsonObject document() {
        Map<String, Object> yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(OpenApi.text());
        return new JsonObject(yaml);
    }

    @Test
    void every_route_is_described_and_every_description_has_its_route() {
        Set<String> described = new TreeSet<>();
        JsonObject paths = document().getJsonObject("paths");
        for (String path : paths.fieldNames()) {
            for (String method : paths.getJsonObject(path).fieldNames()) {
                assertThat(METHODS).contains(method);
                described.add(method.toUpperCase(Locale.ROOT) + " " + path);
            }
        }
        try (BrokerUnderTest broker = BrokerUnderTest.in(folder).local("one").start()) {
            Set<String> served = broker.routes().stream()
                    .map(route -> route.replaceAll("/:([a-zA-Z]+)", "/{$1}").replaceFirst("/[*]?$", "/{path}"))
                    .filter(route -> !route.contains(" /ui"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(described).isEqualTo(served);
            JsonNode pins = broker.client().list("limit=1");
            assertThat(pins.has("count")).isTrue();
            assertThat(broker.client()
                            .expect(200, "GET", "/api/v1/openapi.yaml", null)
                            .text())
                    .isEqualTo(OpenApi.text());
        }
    }

    @Test
    void every_reference_in_it_leads_somewhere() {
        String text = OpenApi.text();
        JsonObject components = document().getJsonObject("components");
        Matcher reference = Pattern.compile("#/components/([a-z]+)/([A-Za-z]+)").matcher(text);
        int found = 0;
        while (reference.find()) {
            found++;
            assertThat(components.getJsonObject(reference.group(1)).fieldNames())
                    .contains(reference.group(2));
        }
        assertThat(found).isGreaterThan(20);
        assertThat(document().getString("openapi")).startsWith("3.1");
    }
}
