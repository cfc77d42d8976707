package dev.pinfold.broker.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.provider.FailureTreatment.BreakerEffect;
import dev.pinfold.broker.provider.FailureTreatment.ReplicaEffect;
import dev.pinfold.broker.provider.FailureTreatment.Retry;
import dev.pinfold.spi.Capability;
import dev.pinfold.spi.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureTreatmentTest {
    private static final List<Failure> ALL = List.of(
            new Failure.InvalidOrder(""),
            new Failure.Unauthorized(""),
            new Failure.NotFound(""),
            new Failure.Unsupported(Capability.LIST),
            new Failure.QuotaExceeded(""),
            new Failure.RateLimited(null, ""),
            new Failure.Unavailable(""),
            new Failure.Rejected(""),
            new Failure.ProtocolViolation(""),
            new Failure.OutcomeUnknown("k", ""));

    @Test
    void every_failure_stands_in_the_table_under_a_label_of_its_own() {
        assertThat(ALL).hasSize(Failure.class.getPermittedSubclasses().length);
        assertThat(ALL.stream().map(f -> FailureTreatment.of(f).label())).doesNotHaveDuplicates();
    }

    @Test
    void only_an_unknown_outcome_is_observed_and_it_is_never_repeated_blindly() {
        for (Failure failure : ALL) {
            FailureTreatment treatment = FailureTreatment.of(failure);
            boolean unknown = failure instanceof Failure.OutcomeUnknown;
            assertThat(treatment.retry() == Retry.OBSERVE)
                    .as(failure.toString())
                    .isEqualTo(unknown);
            assertThat(treatment.replica() == ReplicaEffect.UNCERTAIN)
                    .as(failure.toString())
                    .isEqualTo(unknown);
        }
    }

    @Test
    void a_clear_answer_never_opens_a_breaker() {
        assertThat(FailureTreatment.of(new Failure.NotFound("")).breaker()).isEqualTo(BreakerEffect.ANSWERED);
        assertThat(FailureTreatment.of(new Failure.Rejected("")).breaker()).isEqualTo(BreakerEffect.ANSWERED);
        assertThat(FailureTreatment.of(new Failure.RateLimited(null, "")).breaker())
                .isEqualTo(BreakerEffect.IGNORED);
    }
}
