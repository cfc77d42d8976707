package dev.pinfold.broker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.content.Block;
import dev.pinfold.content.Cid;
import dev.pinfold.content.ContentException;
import dev.pinfold.content.car.CarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/** One request to a gateway and the answers that are right; they lie beside the checkout. */
record GatewayCase(JsonNode json) {
    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d+)");

    /** Sends a request. */
    interface Sender {
        TestGateway.Answer send(String method, String path, String... headers);
    }

    static List<GatewayCase> all() {
        List<GatewayCase> cases = Shared.list("fixtures/gateway-cases.json", "cases").stream()
                .map(GatewayCase::new)
                .toList();
        assertThat(cases).hasSizeGreaterThan(60);
        return cases;
    }

    static Stream<DynamicTest> tests(List<GatewayCase> cases, java.util.function.Function<GatewayCase, Sender> to) {
        return cases.stream().map(each -> DynamicTest.dynamicTest(each.title(), () -> each.check(to.apply(each))));
    }

    private String title() {
        return json.get("id").asText() + " " + json.get("name").asText();
    }

    /** About a gateway that serves nothing but what readers verify. */
    boolean trustlessOnly() {
        return json.get("level").asText().startsWith("strict");
    }

    private void check(Sender gateway) {
        JsonNode request = json.get("request");
        String method = request.get("method").asText();
        TestGateway.Answer answer = gateway.send(method, path(request), headers(request.get("headers")));
        List<String> complaints = new ArrayList<>();
        for (JsonNode expected : json.get("expectAnyOf")) {
            String complaint = judge(expected, answer, method.equals("HEAD"));
            if (complaint == null) {
                return;
            }
            complaints.add(complaint);
        }
        assertThat(complaints)
                .as("none of the allowed answers came: %s", answer)
                .isEmpty();
    }

    private static String path(JsonNode request) {
        StringBuilder path = new StringBuilder(request.get("path").asText());
        char separator = '?';
        for (var field : request.get("query").properties()) {
            String value = URLEncoder.encode(field.getValue().asText(), StandardCharsets.UTF_8);
            path.append(separator)
                    .append(field.getKey())
                    .append('=')
                    .append(value.replace("%3A", ":").replace("%2A", "*"));
            separator = '&';
        }
        return path.toString();
    }

    private static String[] headers(JsonNode headers) {
        List<String> all = new ArrayList<>();
        headers.properties().forEach(field -> {
            all.add(field.getKey());
            all.add(field.getValue().asText());
        });
        return all.toArray(String[]::new);
    }

    /** What is wrong with an answer; null when it is as expected. */
    private static @Nullable String judge(JsonNode expected, TestGateway.Answer answer, boolean head) {
        if (expected.has("status") && expected.get("status").asInt() != answer.status()) {
            return "status " + answer.status() + " instead of " + expected.get("status");
        }
        for (JsonNode header : expected.path("headers")) {
            String value = answer.header(header.get(0).asText());
            if (!header(header.get(1).asText(), header.get(2).asText(), value)) {
                return header + ", but it is '" + value + "'";
            }
        }
        return head || !expected.has("body") ? null : body(expected.get("body"), answer.body());
    }

    private static boolean header(String operation, String wanted, String value) {
        return switch (operation) {
            case "equals" -> value.equals(wanted);
            case "contains" -> value.contains(wanted);
            case "matches" -> Pattern.compile(wanted).matcher(value).find();
            case "exists", "notEmpty" -> !value.isEmpty();
            case "empty" -> value.isEmpty();
            case "immutable" -> {
                Matcher age = MAX_AGE.matcher(value);
                yield value.contains("public")
                        && value.contains("immutable")
                        && age.find()
                        && Long.parseLong(age.group(1)) >= 29_030_400;
            }
            default -> throw new AssertionError("an operation this test does not know: " + operation);
        };
    }

    private static @Nullable String body(JsonNode expected, byte[] body) {
        return switch (expected.get("kind").asText()) {
            case "bytes" ->
                GatewayCasesTest.sha256(body).equals(expected.get("sha256").asText()) ? null : "other bytes";
            case "contains" -> {
                String text = new String(body, StandardCharsets.UTF_8);
                for (JsonNode part : expected.path("all")) {
                    if (!text.contains(part.asText())) {
                        yield "no " + part + " in " + text;
                    }
                }
                for (JsonNode part : expected.path("none")) {
                    if (text.contains(part.asText())) {
                        yield part + " in " + text;
                    }
                }
                yield null;
            }
            case "car" -> car(expected, body);
            default -> throw new AssertionError("a body this test does not know: " + expected);
        };
    }

    private static @Nullable String car(JsonNode expected, byte[] body) {
        List<String> blocks = new ArrayList<>();
        List<String> roots = new ArrayList<>();
        try {
            CarReader car = new CarReader(new ByteArrayInputStream(body));
            car.header().roots().forEach(root -> roots.add(root.toString()));
            for (Block block = car.next(); block != null; block = car.next()) {
                blocks.add(block.cid().toString());
            }
        } catch (IOException | ContentException e) {
            return "not a whole CAR: " + e.getMessage();
        }
        List<String> wanted = new ArrayList<>();
        expected.get("blocks").forEach(cid -> wanted.add(Cid.parse(cid.asText()).toString()));
        boolean exact = expected.get("exact").asBoolean();
        boolean ordered = expected.get("ordered").asBoolean();
        boolean right = blocks.containsAll(wanted);
        if (exact) {
            right = ordered ? blocks.equals(wanted) : new HashSet<>(blocks).equals(new HashSet<>(wanted));
        }
        if (!right) {
            return "blocks " + blocks + " instead of " + wanted;
        }
        if (expected.has("roots")) {
            List<String> wantedRoots = new ArrayList<>();
            expected.get("roots").forEach(root -> wantedRoots.add(root.asText()));
            return roots.equals(wantedRoots) ? null : "roots " + roots;
        }
        return null;
    }
}
