package dev.pinfold.psa;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a list begins. Pages go by the oldest {@code created} seen, never by {@code count}, which
 * companies get wrong.
 *
 * <p>Each next page first begins one second after the oldest pin seen, so that it shows again whatever shares that
 * moment: a company that cuts {@code created} to seconds would else lose the rest of that second at the page's edge. Where
 * such a page brings nothing older, the step is made without the overlap; where that brings nothing older either, the
 * list has ended.
 *
 * @param filter index of the status filter that is being walked
 * @param before the parameter as it is sent; null at the first page
 * @param oldest the oldest moment seen; null at the first page
 * @param exact whether {@code before} is that moment itself, without the overlap
 */
record PageCursor(
        int filter, @Nullable String before, @Nullable Instant oldest, boolean exact) {
    private static final Duration OVERLAP = Duration.ofSeconds(1);

    static PageCursor first(int filter) {
        return new PageCursor(filter, null, null, false);
    }

    /** The page after one that brought these pins; empty at the end of this filter. */
    Optional<PageCursor> after(List<PinDoc> page) {
        Optional<PinDoc> last = page.stream()
                .filter(pin -> pin.createdAt() != null)
                .min(Comparator.comparing(pin -> Objects.requireNonNull(pin.createdAt())));
        if (last.isEmpty()) {
            return overlapOnly();
        }
        Instant moment = Objects.requireNonNull(last.get().createdAt());
        if (oldest == null || moment.isBefore(oldest)) {
            return Optional.of(new PageCursor(filter, moment.plus(OVERLAP).toString(), moment, false));
        }
        return overlapOnly();
    }

    private Optional<PageCursor> overlapOnly() {
        return exact || oldest == null
                ? Optional.empty()
                : Optional.of(new PageCursor(filter, oldest.toString(), oldest, true));
    }

    /** As text, for {@link #read}. */
    String text() {
        return filter + ";" + (exact ? "x" : "o") + ";" + (oldest == null ? "" : oldest);
    }

    /** What {@link #text()} was made from; empty where the text is none of these. */
    static Optional<PageCursor> read(String text) {
        String[] parts = text.split(";", -1);
        if (parts.length != 3 || !parts[0].matches("[0-3]") || !parts[1].matches("[ox]")) {
            return Optional.empty();
        }
        int filter = Integer.parseInt(parts[0]);
        if (parts[2].isEmpty()) {
            return Optional.of(first(filter));
        }
        try {
            Instant oldest = Instant.parse(parts[2]);
            boolean exact = parts[1].equals("x");
            return Optional.of(
                    new PageCursor(filter, (exact ? oldest : oldest.plus(OVERLAP)).toString(), oldest, exact));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
