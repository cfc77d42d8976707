package dev.pinfold.policy.document;

import dev.pinfold.policy.Money;
import dev.pinfold.policy.Ratio;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shapes of single values: names, numbers, sizes, durations, shares, amounts, instants. All with their units. */
final class Scalars {
    static final Shape<String> NAME =
            text("a name of letters, digits, '.', '_', '/', ':' and '-'", "[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}");
    static final Shape<String> TEXT = text("a text of at most 4096 characters", "(?s).{0,4096}");
    static final Shape<Long> SIZE =
            new Parsed<>("a size with its unit, such as 5GiB", SizeText.PATTERN, SizeText::read);
    static final Shape<Duration> DURATION = new Parsed<>(
            "a duration with its unit, such as 30d, 12h, 15m, 10s or 250ms",
            "[0-9]{1,9}(?:ms|s|m|h|d|w)",
            Scalars::duration);
    static final Shape<Ratio> SHARE =
            new Parsed<>("a share such as 15% or 0.15", "[0-9]{1,7}(?:\\.[0-9]{1,6})?%?", Scalars::share);
    static final Shape<Money> MONEY =
            new Parsed<>("an amount such as 0.08, at most 1000000", "[0-9]{1,7}(?:\\.[0-9]{1,12})?", Scalars::money);
    static final Shape<Instant> INSTANT = new Parsed<>(
            "a date such as 2026-05-31 or an instant such as 2026-05-31T00:00:00Z",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+Z)?",
            Scalars::instant);
    static final Shape<Boolean> BOOLEAN = new BooleanShape();

    private static final Map<String, Duration> DURATION_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private Scalars() {}

    static Shape<String> text(String words, String pattern) {
        return new Parsed<>(words, pattern, text -> text);
    }

    static Shape<Integer> integer(int min, int max) {
        return new NumberShape<>(min, max, Math::toIntExact);
    }

    static Shape<Long> number(long min, long max) {
        return new NumberShape<>(min, max, n -> n);
    }

    /** One of the given words; a wrong one is answered with the nearest right one. */
    static <T> Shape<T> word(Map<String, T> words) {
        return new WordShape<>(words);
    }

    private static Duration duration(String text) {
        Matcher matcher = Pattern.compile("([0-9]+)([a-z]+)").matcher(text);
        if (!matcher.matches()) {
            throw new NumberFormatException(text);
        }
        Duration unit = DURATION_UNITS.get(matcher.group(2));
        if (unit == null) {
            throw new NumberFormatException(text);
        }
        Duration duration = unit.multipliedBy(Long.parseLong(matcher.group(1)));
        if (duration.compareTo(Duration.ofDays(36_500)) > 0) {
            throw new NumberFormatException("a duration of more than 100 years");
        }
        return duration;
    }

    private static Ratio share(String text) {
        return Ratio.of(text);
    }

    private static Money money(String text) {
        Money money = Money.of(text);
        if (money.compareTo(Money.of("1000000")) > 0) {
            throw new NumberFormatException("more than 1000000");
        }
        return money;
    }

    private static Instant instant(String text) {
        return text.length() == 10
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : Instant.parse(text);
    }

    /** Turns a text that has the right pattern into a value; may still refuse it. */
    @FunctionalInterface
    interface Reading<T> {
        T read(String text);
    }

    /** A scalar with a pattern. Numbers and texts are both taken as they were written. */
    private static final class Parsed<T> extends Shape<T> {
        private final String words;
        private final Pattern pattern;
        private final Reading<T> reading;

        Parsed(String words, String pattern, Reading<T> reading) {
            this.words = words;
            this.pattern = Pattern.compile(pattern);
            this.reading = reading;
        }

        @Override
        @Nullable
        T read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar
                    && scalar.type() != Node.Type.NULL
                    && pattern.matcher(scalar.text()).matches()) {
                try {
                    return reading.read(scalar.text());
                } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
                    problems.add(node.at(), "must be " + words + ", not " + node.kind());
                    return null;
                }
            }
            problems.add(node.at(), "must be " + words + ", not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", jsonTypes());
            schema.put("pattern", "^(?:" + pattern.pattern().replace("(?s).", "[\\s\\S]") + ")$");
            schema.put("title", words);
            return schema;
        }

        /** What YAML may take the text for when it is not quoted. */
        private List<String> jsonTypes() {
            List<String> types = new ArrayList<>(List.of("string"));
            if (pattern.matcher("7").matches()) {
                types.add("number");
            }
            if (pattern.matcher("true").matches()) {
                types.add("boolean");
            }
            return types;
        }
    }

    private static final class NumberShape<T> extends Shape<T> {
        private final long min;
        private final long max;
        private final java.util.function.LongFunction<T> convert;

        NumberShape(long min, long max, java.util.function.LongFunction<T> convert) {
            this.min = min;
            this.max = max;
            this.convert = convert;
        }

        @Override
        @Nullable
        T read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar
                    && scalar.type() == Node.Type.NUMBER
                    && scalar.text().matches("-?[0-9]{1,18}")) {
                long value = Long.parseLong(scalar.text());
                if (value >= min && value <= max) {
                    return convert.apply(value);
                }
            }
            problems.add(node.at(), "must be a whole number from " + min + " to " + max + ", not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "integer");
            schema.put("minimum", min);
            schema.put("maximum", max);
            return schema;
        }
    }

    private static final class BooleanShape extends Shape<Boolean> {
        @Override
        @Nullable
        Boolean read(Node node, Problems problems) {
            if (node instanceof Node.Scalar scalar && scalar.type() == Node.Type.BOOLEAN) {
                return scalar.text().equalsIgnoreCase("true");
            }
            problems.add(node.at(), "must be true or false, not " + node.kind());
            return null;
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Map.of("type", "boolean");
        }
    }

    private static final class WordShape<T> extends Shape<T> {
        private final Map<String, T> words;

        WordShape(Map<String, T> words) {
            this.words = new java.util.TreeMap<>(words);
        }

        @Override
        @Nullable
        T read(Node node, Problems problems) {
            T value = node instanceof Node.Scalar scalar ? words.get(scalar.text()) : null;
            if (value == null) {
                String text = node instanceof Node.Scalar scalar ? scalar.text() : "";
                problems.add(
                        node.at(),
                        "must be one of " + String.join(", ", words.keySet()) + ", not " + node.kind() + nearest(text));
            }
            return value;
        }

        private String nearest(String text) {
            String hint = Words.hint(text, words.keySet());
            return hint.startsWith("; did") ? hint : "";
        }

        @Override
        Map<String, Object> schema(Definitions definitions) {
            return Map.of("enum", List.copyOf(words.keySet()));
        }
    }

    /** Sizes: bytes, binary units, or decimal units. */
    private static final class SizeText {
        static final String PATTERN = "[0-9]{1,15}(?:\\.[0-9]{1,3})?(?:B|KiB|MiB|GiB|TiB|PiB|KB|MB|GB|TB|PB)";

        private static final Map<String, Long> UNITS = Map.ofEntries(
                Map.entry("B", 1L),
                Map.entry("KiB", 1L << 10),
                Map.entry("MiB", 1L << 20),
                Map.entry("GiB", 1L << 30),
                Map.entry("TiB", 1L << 40),
                Map.entry("PiB", 1L << 50),
                Map.entry("KB", 1_000L),
                Map.entry("MB", 1_000_000L),
                Map.entry("GB", 1_000_000_000L),
                Map.entry("TB", 1_000_000_000_000L),
                Map.entry("PB", 1_000_000_000_000_000L));

        static Long read(String text) {
            int unit = 0;
            while (Character.isDigit(text.charAt(unit)) || text.charAt(unit) == '.') {
                unit++;
            }
            Long bytes = UNITS.get(text.substring(unit));
            if (bytes == null) {
                throw new NumberFormatException(text);
            }
            return new BigDecimal(text.substring(0, unit))
                    .multiply(BigDecimal.valueOf(bytes))
                    .setScale(0, RoundingMode.DOWN)
                    .longValueExact();
        }
    }
}
