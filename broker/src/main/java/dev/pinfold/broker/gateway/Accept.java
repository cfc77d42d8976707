package dev.pinfold.broker.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An Accept header, as far as a gateway cares: which of the formats it names are wanted, the dearest first.
 *
 * @param wanted in the order of their weights, equal ones in the order of the header
 */
record Accept(List<Range> wanted) {
    /**
     * One format that is accepted.
     *
     * @param parameters with names and values in lower case, the weight left out
     */
    record Range(Format format, Map<String, String> parameters, double weight) {}

    static Accept of(@Nullable String header) {
        List<Range> ranges = new ArrayList<>();
        for (String part :
                header == null ? new String[0] : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] fields = part.split(";", -1);
            Map<String, String> parameters = new HashMap<>();
            for (int i = 1; i < fields.length; i++) {
                int equals = fields[i].indexOf('=');
                if (equals > 0) {
                    String value = fields[i].substring(equals + 1).strip();
                    parameters.put(fields[i].substring(0, equals).strip(), value.replaceAll("^\"(.*)\"$", "$1"));
                }
            }
            double weight = weight(parameters.remove("q"));
            Format.ofType(fields[0].strip())
                    .filter(format -> weight > 0)
                    .ifPresent(format -> ranges.add(new Range(format, Map.copyOf(parameters), weight)));
        }
        // Stable, so that equal weights keep their order.
        ranges.sort((a, b) -> Double.compare(b.weight(), a.weight()));
        return new Accept(List.copyOf(ranges));
    }

    private static double weight(@Nullable String q) {
        return q == null || !q.matches("[01](\\.[0-9]{0,3})?") ? 1 : Double.parseDouble(q);
    }

    Format first() {
        return wanted.isEmpty() ? Format.NATIVE : wanted.getFirst().format();
    }

    /** A parameter of the first range of this format. */
    Optional<String> parameter(Format format, String name) {
        return wanted.stream()
                .filter(range -> range.format() == format)
                .findFirst()
                .flatMap(range -> Optional.ofNullable(range.parameters().get(name)));
    }
}
