package dev.pinfold.policy;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Points of each candidate from the soft wishes: every wish is normalised to 0..{@link #UNIT} and weighted. */
final class Scores {
    /** Points of a wish of weight 1 that is completely fulfilled. */
    static final long UNIT = 1000;

    private Scores() {}

    static long[] of(List<Preference> wishes, List<Eligibility.Candidate> candidates) {
        long[] points = new long[candidates.size()];
        for (Preference wish : wishes) {
            switch (wish) {
                case Preference.Label label ->
                    addWhere(points, candidates, label.weight(), p -> {
                        return label.value().equals(p.label(label.label())) ? 1 : 0;
                    });
                case Preference.OwnNode own -> addWhere(points, candidates, own.weight(), p -> p.ownNode() ? 1 : 0);
                case Preference.Metric metric -> addNormalised(points, candidates, metric);
            }
        }
        return points;
    }

    private static void addWhere(
            long[] points,
            List<Eligibility.Candidate> candidates,
            int weight,
            ToDoubleFunction<ProviderSnapshot> share) {
        for (int i = 0; i < points.length; i++) {
            points[i] += Math.round(share.applyAsDouble(candidates.get(i).provider()) * weight * UNIT);
        }
    }

    private static void addNormalised(long[] points, List<Eligibility.Candidate> candidates, Preference.Metric metric) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Eligibility.Candidate candidate : candidates) {
            Double value = read(metric.reading(), candidate.provider());
            low = value == null ? low : Math.min(low, value);
            high = value == null ? high : Math.max(high, value);
        }
        double from = low;
        double range = high - low;
        addWhere(points, candidates, metric.weight(), p -> {
            Double value = read(metric.reading(), p);
            if (value == null) {
                return 0;
            }
            double share = range == 0 ? 1 : (value - from) / range;
            return metric.lowerIsBetter() && range != 0 ? 1 - share : share;
        });
    }

    private static @Nullable Double read(Preference.Reading reading, ProviderSnapshot provider) {
        return switch (reading) {
            case RETRIEVAL_P95_MS -> {
                Integer millis = provider.health().retrievalP95Ms();
                yield millis == null ? null : (double) millis;
            }
            case SUCCESS_RATE -> provider.health().successRate();
            case EGRESS_PER_GIB -> {
                Price price = provider.price();
                Money egress = price == null ? null : price.egressPerGiB();
                yield egress == null ? null : (double) egress.picos();
            }
            case USED_BYTES -> (double) provider.usage().bytes();
        };
    }
}
