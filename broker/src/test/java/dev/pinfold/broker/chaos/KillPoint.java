package dev.pinfold.broker.chaos;

import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * An exact moment at which the broker is killed: at one of its statements, or at one of its calls.
 *
 * @param <S> the statements that matter
 */
sealed interface KillPoint<S> {
    /**
     * At the {@code occurrence}-th time of a statement in one life.
     *
     * @param <S> the statements that matter
     * @param done false: the server never hears of it; true: it is carried out, and the broker never learns of it
     */
    record AtStatement<S>(S statement, int occurrence, boolean done) implements KillPoint<S> {
        @Override
        public String toString() {
            return (done ? "after " : "before ") + statement + " #" + occurrence;
        }
    }

    /** When a call has arrived at a company. */
    record AtCall(PsaOperation operation, Effect effect) implements KillPoint<Statement> {
        @Override
        public String toString() {
            return operation + " " + effect.words;
        }
    }

    /** What the company does with the call under which the broker dies. */
    enum Effect {
        NONE("arrived, without effect"),
        AT_ONCE("arrived and carried out"),
        LATER("carried out after the broker's death");

        final String words;

        Effect(String words) {
            this.words = words;
        }

        PsaFault fault() {
            return switch (this) {
                case NONE -> new PsaFault.Hang(Duration.ofSeconds(20), false);
                case AT_ONCE -> new PsaFault.Hang(Duration.ofSeconds(20), true);
                case LATER -> new PsaFault.Slow(Duration.ofMillis(700));
            };
        }
    }

    /** The statements that change something between a request and its last consequence, in the order of a pin's life. */
    enum Statement {
        CLAIM_KEY("claiming the idempotency key", "INSERT INTO idempotency"),
        ADD("writing the pin", "INSERT INTO pin ("),
        TAKE("taking the content to be placed", "FROM content WHERE due_at <= now()"),
        SHOW("writing what the pin shows", "UPDATE pin SET status"),
        PLAN("writing the planned copies", "INSERT INTO replica"),
        SETTLED("writing that the content is settled", "AS u (cid, millis)"),
        COMMIT("committing", "COMMIT"),
        CLAIM("claiming copies", "UPDATE replica r SET lease_until"),
        INTEND("writing the intent to order", "SET state = 'ordered', order_key"),
        RECORD("recording a result", "coalesce($14, evidence)"),
        DELETE("deleting the pin", "DELETE FROM pin WHERE request_id"),
        RETIRE("retiring the copies", "SET state = 'retiring'"),
        FORGET("forgetting a released copy", "DELETE FROM replica"),
        CLEAR("forgetting the content", "DELETE FROM content");

        private final String words;
        private final String mark;

        Statement(String words, String mark) {
            this.words = words;
            this.mark = mark;
        }

        @Override
        public String toString() {
            return words;
        }

        /** Asked again and again without need; only a time that found something is a step. */
        boolean polls() {
            return this == TAKE || this == CLAIM;
        }

        static Optional<Statement> of(String sql) {
            String line = sql.replaceAll("\\s+", " ");
            return Arrays.stream(values())
                    .filter(each -> line.contains(each.mark))
                    .findFirst();
        }
    }
}
