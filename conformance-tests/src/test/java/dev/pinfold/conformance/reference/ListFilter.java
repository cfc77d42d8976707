package dev.pinfold.conformance.reference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.content.Rfc3339;
import dev.pinfold.conformance.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The query of GET /pins: parsed, checked, applied. */
final class ListFilter {
    private static final List<String> STATES = List.of("queued", "pinning", "pinned", "failed");
    private static final List<String> MATCHES = List.of("exact", "iexact", "partial", "ipartial");

    private final Map<String, String> query;
    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;
    private final Intake intake;

    ListFilter(Map<String, String> query, Set<Defect> defects, Set<Behaviour> behaviours, Intake intake) {
        this.query = query;
        this.defects = defects;
        this.behaviours = behaviours;
        this.intake = intake;
    }

    /** How many results a page has. */
    int limit() {
        String text = query.get("limit");
        int fallback = has(Defect.DEFAULT_LIMIT_100) ? 100 : has(Defect.DEFAULT_LIMIT_5) ? 5 : 10;
        if (text == null || has(Defect.LIMIT_IGNORED)) {
            return fallback;
        }
        boolean number = text.matches("-?\\d{1,9}");
        if ((!number || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 1000) && !has(Defect.LIMIT_UNCHECKED)) {
            throw intake.bad("limit is 1 to 1000");
        }
        int limit = number ? Math.max(1, Integer.parseInt(text)) : 10;
        return limit + (has(Defect.LIMIT_ONE_MORE) ? 1 : 0);
    }

    Predicate<StoredPin> states(java.util.function.Function<StoredPin, String> statusOf) {
        String text = query.get("status");
        if (text == null) {
            if (has(Defect.DEFAULT_STATUS_REQUIRED)) {
                throw intake.bad("status is required");
            }
            boolean all = has(Defect.DEFAULT_STATUS_ALL)
                    || (behaviours.contains(Behaviour.NAME_FINDS_ALL_STATES) && query.containsKey("name"));
            return pin -> all || statusOf.apply(pin).equals("pinned");
        }
        List<String> states = new ArrayList<>(Arrays.asList(text.split(",", -1)));
        if (!STATES.containsAll(states)) {
            if (has(Defect.STATUS_UNKNOWN_IGNORED)) {
                return pin -> true;
            }
            if (!has(Defect.STATUS_UNKNOWN_EMPTY)) {
                throw intake.bad("unknown status");
            }
        }
        if (has(Defect.STATUS_IGNORED)) {
            return pin -> true;
        }
        boolean all = states.size() == STATES.size();
        if (has(Defect.STATUS_LIST_MATCHES_NOTHING) && states.size() > 1 && !all) {
            return pin -> false;
        }
        List<String> counting = has(Defect.STATUS_FIRST_ONLY) && !all ? states.subList(0, 1) : states;
        return pin -> counting.contains(statusOf.apply(pin));
    }

    /** The filters on the pin itself: name, cid, meta. */
    Predicate<StoredPin> contents() {
        List<Predicate<StoredPin>> filters = new ArrayList<>();
        cids().ifPresent(filters::add);
        name().ifPresent(filters::add);
        meta().ifPresent(filters::add);
        if (has(Defect.FILTERS_OR) && filters.size() > 1) {
            return pin -> filters.stream().anyMatch(filter -> filter.test(pin));
        }
        return pin -> filters.stream().allMatch(filter -> filter.test(pin));
    }

    private Optional<Predicate<StoredPin>> cids() {
        String text = query.get("cid");
        if (text == null || has(Defect.CID_IGNORED)) {
            return Optional.empty();
        }
        List<String> cids = Arrays.asList(text.split(",", -1));
        if (cids.size() > 10 && !has(Defect.CID_LIST_UNBOUNDED)) {
            throw intake.bad("at most ten cids");
        }
        List<String> counting = has(Defect.CID_FIRST_ONLY) ? cids.subList(0, 1) : cids;
        return Optional.of(pin -> counting.contains(pin.cid()));
    }

    private Optional<Predicate<StoredPin>> name() {
        String match = query.getOrDefault("match", "exact");
        if (!MATCHES.contains(match) && !has(Defect.MATCH_UNKNOWN_AS_EXACT)) {
            throw intake.bad("unknown match");
        }
        String wanted = query.get("name");
        if (wanted == null || has(Defect.NAME_IGNORED)) {
            return Optional.empty();
        }
        String name = has(Defect.SLASH_CUTS_FILTER) && wanted.contains("/")
                ? wanted.substring(0, wanted.indexOf('/'))
                : wanted;
        return Optional.of(pin -> matches(match, pin.name(), name));
    }

    private boolean matches(String match, String name, String wanted) {
        if (has(Defect.LIKE_METACHARACTERS)) {
            return like(match, name, wanted);
        }
        return switch (match) {
            case "iexact" ->
                has(Defect.IEXACT_IS_EXACT)
                        ? name.equals(wanted)
                        : has(Defect.IEXACT_IS_IPARTIAL)
                                ? fold(name).contains(fold(wanted))
                                : fold(name).equals(fold(wanted));
            case "partial" ->
                has(Defect.PARTIAL_IS_PREFIX)
                        ? name.startsWith(wanted)
                        : has(Defect.PARTIAL_IGNORES_CASE) ? fold(name).contains(fold(wanted)) : contains(name, wanted);
            case "ipartial" ->
                has(Defect.IPARTIAL_IS_PARTIAL)
                        ? name.contains(wanted)
                        : has(Defect.IPARTIAL_IS_PREFIX)
                                ? fold(name).startsWith(fold(wanted))
                                : fold(name).contains(fold(wanted));
            default ->
                has(Defect.EXACT_IGNORES_CASE)
                        ? fold(name).equals(fold(wanted))
                        : has(Defect.EXACT_IS_PARTIAL) ? name.contains(wanted) : name.equals(wanted);
        };
    }

    private boolean contains(String name, String wanted) {
        if (has(Defect.REGEX_METACHARACTERS)) {
            try {
                return Pattern.compile(wanted).matcher(name).find();
            } catch (PatternSyntaxException notOne) {
                return false;
            }
        }
        return name.contains(wanted);
    }

    private boolean like(String match, String name, String wanted) {
        String core = Pattern.quote(wanted).replace("%", "\\E.*\\Q").replace("_", "\\E.\\Q");
        String around = match.endsWith("partial") ? ".*" : "";
        int flags = match.startsWith("i") ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
        return Pattern.compile(around + core + around, flags | Pattern.DOTALL)
                .matcher(name)
                .matches();
    }

    private String fold(String text) {
        if (has(Defect.ASCII_FOLDING)) {
            StringBuilder out = new StringBuilder(text);
            for (int i = 0; i < out.length(); i++) {
                char c = out.charAt(i);
                out.setCharAt(i, c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
            }
            return out.toString();
        }
        return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private Optional<Predicate<StoredPin>> meta() {
        Map<String, String> wanted = new LinkedHashMap<>();
        if (query.containsKey("meta")) {
            JsonNode json = Json.parse(query.get("meta").getBytes(StandardCharsets.UTF_8))
                    .filter(JsonNode::isObject)
                    .orElseThrow(() -> intake.bad("meta is a JSON object"));
            json.properties()
                    .forEach(pair -> wanted.put(pair.getKey(), pair.getValue().asText()));
        }
        query.forEach((key, value) -> {
            if (key.startsWith("meta[") && key.endsWith("]") && !has(Defect.META_BRACKETS_IGNORED)) {
                wanted.put(key.substring(5, key.length() - 1), value);
            }
        });
        if (wanted.isEmpty() || has(Defect.META_IGNORED)) {
            return Optional.empty();
        }
        if (has(Defect.META_ANY_PAIR)) {
            return Optional.of(
                    pin -> wanted.entrySet().stream().anyMatch(pin.meta().entrySet()::contains));
        }
        if (has(Defect.META_EXACT_SET)) {
            return Optional.of(pin -> pin.meta().equals(wanted));
        }
        return Optional.of(pin -> pin.meta().entrySet().containsAll(wanted.entrySet()));
    }

    Predicate<StoredPin> window() {
        Predicate<StoredPin> before = before();
        return has(Defect.WINDOW_ONE_SIDED) && query.containsKey("before") ? before : before.and(after());
    }

    private Predicate<StoredPin> before() {
        Optional<Instant> time = time("before");
        if (time.isEmpty() || has(Defect.BEFORE_IGNORED)) {
            return pin -> true;
        }
        Instant border = has(Defect.BEFORE_TO_SECONDS) ? time.get().truncatedTo(ChronoUnit.SECONDS) : time.get();
        return pin -> pin.created().isBefore(border)
                || (has(Defect.BEFORE_INCLUSIVE) && pin.created().equals(border));
    }

    private Predicate<StoredPin> after() {
        Optional<Instant> time = time("after");
        if (time.isEmpty() || has(Defect.AFTER_IGNORED)) {
            return pin -> true;
        }
        return pin -> pin.created().isAfter(time.get())
                || (has(Defect.AFTER_INCLUSIVE) && pin.created().equals(time.get()));
    }

    private Optional<Instant> time(String parameter) {
        String text = query.get(parameter);
        if (text == null) {
            return Optional.empty();
        }
        boolean refused = (has(Defect.NANOS_REFUSED) && text.matches(".*\\.\\d{4,}.*"))
                || (has(Defect.OFFSET_REFUSED) && !text.endsWith("Z"));
        String read = has(Defect.OFFSET_IGNORED) ? text.replaceFirst("[+-]\\d\\d:\\d\\d$", "Z") : text;
        Optional<Instant> time =
                refused ? Optional.empty() : Rfc3339.parse(read).or(() -> epoch(text));
        if (time.isEmpty() && !has(Defect.TIME_GARBAGE_IGNORED)) {
            throw intake.bad(parameter + " is no date-time");
        }
        return time;
    }

    /** Only for the defect that writes created as a number: its own number must at least page. */
    private Optional<Instant> epoch(String text) {
        return has(Defect.CREATED_AS_EPOCH) && text.matches("\\d{13}")
                ? Optional.of(Instant.ofEpochMilli(Long.parseLong(text)))
                : Optional.empty();
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
