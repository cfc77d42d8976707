package dev.pinfold.broker.placement;

import dev.pinfold.policy.Policy;
import dev.pinfold.policy.document.Parsed;
import dev.pinfold.policy.document.PolicyDocument;
import dev.pinfold.policy.document.PolicyDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The policy in force, read from its file when the broker starts. */
public final class PolicyFile implements Supplier<Policy> {
    private final Policy policy;

    private PolicyFile(Policy policy) {
        this.policy = policy;
    }

    /**
     * Reads the policy.
     *
     * @throws IllegalStateException it cannot be read or has errors; the message has every one with its place
     */
    public static PolicyFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the policy file " + file + " cannot be read (" + e + "); set policy.file in the configuration", e);
        }
        return switch (PolicyDocuments.policy(file.toString(), text)) {
            case Parsed.Valid<PolicyDocument> valid ->
                new PolicyFile(valid.value().policy());
            case Parsed.Invalid<PolicyDocument> invalid ->
                throw new IllegalStateException("the policy has errors:\n"
                        + invalid.problems().stream().map(Object::toString).collect(Collectors.joining("\n")));
        };
    }

    @Override
    public Policy get() {
        return policy;
    }
}
