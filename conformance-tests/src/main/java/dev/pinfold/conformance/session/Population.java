package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The many pins that list checks page through: made once, all at a time, under one name. */
public final class Population {
    private final Session session;
    private final String name;
    private @Nullable List<Pinned> made;
    private @Nullable RuntimeException refused;

    Population(Session session) {
        this.session = session;
        this.name = session.unique("walk");
    }

    /** The name all of them share. */
    public String name() {
        return name;
    }

    /** The pins in no particular order; the first caller makes them. */
    public synchronized List<Pinned> pins(Consumer<Exchange> recorder) {
        if (refused != null) {
            throw refused;
        }
        if (made == null) {
            try {
                made = create(recorder);
            } catch (CannotPin | NoAnswer failure) {
                refused = failure;
                throw failure;
            }
        }
        return made;
    }

    private List<Pinned> create(Consumer<Exchange> recorder) {
        Settings settings = session.settings();
        Psa psa = session.first(exchange -> {});
        // The first one alone: it finds out which CIDs the endpoint takes before many ask at once.
        List<Pinned> pins = new ArrayList<>();
        session.first(recorder).pin(session.want());
        List<Callable<Pinned>> tasks = new ArrayList<>();
        for (int i = 0; i < settings.population(); i++) {
            Want want = session.want().name(name);
            tasks.add(() -> psa.pin(want));
        }
        pins.addAll(Parallel.all(tasks, settings.concurrency()));
        session.awaitListed(psa, pins.reversed());
        return List.copyOf(pins);
    }
}
