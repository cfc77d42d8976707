package dev.pinfold.broker.placement;

import dev.pinfold.broker.store.PolicyStore;
import dev.pinfold.broker.store.PolicyStore.Draft;
import dev.pinfold.broker.store.PolicyStore.Revision;
import dev.pinfold.policy.Policy;
import dev.pinfold.policy.Problem;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocument;
import dev.pinfold.policy.document.PolicyDocuments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy in force. It comes from the file of the configuration or over the API, whichever brought the higher
 * revision; all brokers of one database follow the same one. A text with an error changes nothing, and stays known
 * until it is put right.
 */
public final class Policies implements Supplier<Policy> {
    private static final Logger log = LoggerFactory.getLogger(Policies.class);
    /** A policy of this size has thousands of rules. */
    public static final int MOST_BYTES = 4 << 20;

    private final PolicyStore store;
    private final Path file;
    private volatile @Nullable InForce inForce;
    private volatile FileState fileState = new FileState(null, List.of());
    private @Nullable String lastRead;

    /** A revision with its policy. */
    public record InForce(Revision revision, Policy policy) {}

    /**
     * What is to be said of the policy file.
     *
     * @param revision the revision it brought or repeats; null while it is refused
     * @param problems why it is refused; empty when it is right
     */
    public record FileState(@Nullable Long revision, List<Problem> problems) {
        public FileState {
            problems = List.copyOf(problems);
        }
    }

    /** What came of a text that was to be put in force. */
    public sealed interface Outcome {
        /** It is in force. */
        record Adopted(long revision, long before) implements Outcome {}

        /** It has errors; nothing changed. */
        record Broken(List<Problem> problems) implements Outcome {
            public Broken {
                problems = List.copyOf(problems);
            }
        }

        /** Its revision is not above the newest; nothing changed. */
        record Stale(long revision, long newest) implements Outcome {
            /** What is wrong and what to do. */
            public String text() {
                return "revision " + revision + " is not above " + newest
                        + ", the newest there is; set metadata.revision to " + (newest + 1) + " or more";
            }
        }
    }

    private Policies(PolicyStore store, Path file) {
        this.store = store;
        this.file = file;
    }

    /**
     * Takes the newest policy of the database; where there is none yet, or the file has a higher revision, the file's.
     *
     * @throws IllegalStateException there is none at all; the message has every error with its place
     */
    public static Policies open(PolicyStore store, Path file) {
        Policies policies = new Policies(store, file);
        policies.reload();
        policies.readFile();
        if (policies.inForce == null) {
            throw new IllegalStateException("the policy has errors:\n"
                    + policies.fileState.problems().stream()
                            .map(Problem::toString)
                            .collect(Collectors.joining("\n")));
        }
        return policies;
    }

    @Override
    public Policy get() {
        return current().policy();
    }

    /** The revision in force with its policy. */
    public InForce current() {
        InForce now = inForce;
        if (now == null) {
            throw new IllegalStateException("no policy is in force");
        }
        return now;
    }

    /** Where the policy file stands, and whether it is followed. */
    public FileState fileState() {
        return fileState;
    }

    /** The policy file. */
    public Path file() {
        return file;
    }

    /** Puts a text in force, if it is right and its revision is above every other. */
    public Outcome put(String text, String author) {
        return put("policy", text, "api", author, null);
    }

    /** The text of an earlier revision under the next free number; empty when there is no such revision. */
    public Optional<String> asNext(long revision) {
        return store.find(revision)
                .map(earlier -> PolicyDocuments.withRevision(
                        earlier.text(), store.newest().orElseThrow().revision() + 1));
    }

    /**
     * Brings the text of an earlier revision back, as a new revision.
     *
     * @throws java.util.NoSuchElementException there is no such revision
     */
    public Outcome rollback(long revision, String author) {
        return put("policy", asNext(revision).orElseThrow(), "rollback", author, revision);
    }

    private Outcome put(String name, String text, String source, String author, @Nullable Long restores) {
        return switch (PolicyDocuments.policy(name, text)) {
            case Parsed.Invalid<PolicyDocument> invalid -> new Outcome.Broken(invalid.problems());
            case Parsed.Valid<PolicyDocument> valid -> {
                Policy policy = valid.value().policy();
                PolicyStore.Added added =
                        store.add(new Draft(policy.revision(), policy.name(), text, source, author, restores));
                reload();
                yield added.added()
                        ? new Outcome.Adopted(policy.revision(), added.before())
                        : new Outcome.Stale(policy.revision(), added.before());
            }
        };
    }

    /** Takes the newest policy of the database. */
    public synchronized void reload() {
        Revision newest = store.newest().orElse(null);
        InForce now = inForce;
        if (newest == null || (now != null && now.revision().revision() >= newest.revision())) {
            return;
        }
        switch (PolicyDocuments.policy("revision " + newest.revision(), newest.text())) {
            case Parsed.Valid<PolicyDocument> valid -> {
                inForce = new InForce(newest, valid.value().policy());
                log.info(
                        "event=policy.inforce revision={} name={} source={} author={}",
                        newest.revision(),
                        newest.name(),
                        newest.source(),
                        newest.author());
                List<String> idle = NotFollowed.keys(valid.value().policy());
                if (!idle.isEmpty()) {
                    log.warn("event=policy.not-followed revision={} keys={}", newest.revision(), idle);
                }
            }
            case Parsed.Invalid<PolicyDocument> invalid ->
                // Written by another version of the program; going on with the last one is safer than with none.
                log.error("event=policy.unreadable revision={} detail=\"{}\"", newest.revision(), invalid.problems());
        }
    }

    /** Looks at the file; a text that was not seen yet is put in force or its errors are noted. */
    public synchronized void readFile() {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("it is larger than " + (MOST_BYTES >> 20) + " MiB");
            }
            text = new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            noted("", new FileState(null, List.of(problem("cannot be read (" + e + "); set policy.file"))));
            return;
        }
        if (text.equals(lastRead)) {
            return;
        }
        noted(text, considered(text));
    }

    private FileState considered(String text) {
        return switch (PolicyDocuments.policy(file.toString(), text)) {
            case Parsed.Invalid<PolicyDocument> invalid -> new FileState(null, invalid.problems());
            case Parsed.Valid<PolicyDocument> valid ->
                considered(text, valid.value().policy().revision());
        };
    }

    private FileState considered(String text, long revision) {
        String known = store.find(revision).map(Revision::text).orElse(null);
        if (text.equals(known)) {
            return new FileState(revision, List.of());
        }
        Outcome outcome = put(file.toString(), text, "file", String.valueOf(file.getFileName()), null);
        return switch (outcome) {
            case Outcome.Adopted adopted -> new FileState(revision, List.of());
            case Outcome.Broken broken -> new FileState(null, broken.problems());
            case Outcome.Stale stale -> new FileState(null, List.of(problem(stale.text())));
        };
    }

    private Problem problem(String text) {
        return new Problem(file.toString(), 1, 1, text);
    }

    private void noted(String text, FileState state) {
        boolean news = !text.equals(lastRead);
        lastRead = text;
        fileState = state;
        if (news && !state.problems().isEmpty()) {
            log.warn(
                    "event=policy.file.refused file={} problems={} detail=\"{}\"; revision {} stays in force",
                    file,
                    state.problems().size(),
                    state.problems().getFirst(),
                    inForce == null ? "none" : current().revision().revision());
        }
    }
}
