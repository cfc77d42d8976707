package dev.pinfold.broker.retrieval;

import dev.pinfold.broker.retrieval.race.Move.Why;
import dev.pinfold.content.Cid;
import java.time.Duration;

/** What happens while a reader is served: who was asked, who was faster, who failed and why. */
public sealed interface RetrievalEvent {
    /** The word for it in JSON. */
    String word();

    /** A source was asked for this block and what lies below it. */
    record Started(String source, Why why, Cid block) implements RetrievalEvent {
        @Override
        public String word() {
            return why == Why.HEDGE ? "hedged" : "started";
        }
    }

    /** The first byte of an answer came. */
    record FirstByte(String source, Duration after) implements RetrievalEvent {
        @Override
        public String word() {
            return "first-byte";
        }
    }

    /** The first verified block came, before that of any other source: this source won. */
    record Verified(String source, Duration after) implements RetrievalEvent {
        @Override
        public String word() {
            return "verified";
        }
    }

    /** The source was stopped because another one was faster. */
    record LostRace(String source, Duration after) implements RetrievalEvent {
        @Override
        public String word() {
            return "lost-race";
        }
    }

    /** The source did not give what was asked. */
    record Failed(String source, FetchAttempt.Outcome outcome, String detail) implements RetrievalEvent {
        @Override
        public String word() {
            return "failed";
        }
    }

    /** The source went away in the middle; another one goes on at this block, after so many verified bytes. */
    record FailedOver(String source, long verifiedBytes, Cid next) implements RetrievalEvent {
        @Override
        public String word() {
            return "failover";
        }
    }

    /** The source gave wrong bytes: its copy is set aside, with what proves it. */
    record Quarantined(String source, String evidence) implements RetrievalEvent {
        @Override
        public String word() {
            return "quarantined";
        }
    }

    /** The source lacks what it should have: its copy is checked now. */
    record Doubted(String source, String detail) implements RetrievalEvent {
        @Override
        public String word() {
            return "doubted";
        }
    }

    /** The source does not give a kind of answer, or not as it should: it is asked in another way from now on. */
    record Limited(String source, String detail) implements RetrievalEvent {
        @Override
        public String word() {
            return "limited";
        }
    }

    /** A source was left out. */
    record PassedOver(String source, String reason) implements RetrievalEvent {
        @Override
        public String word() {
            return "passed-over";
        }
    }

    /** The download stopped because nobody reads on; it goes on when somebody does. */
    record Parked(long verifiedBytes) implements RetrievalEvent {
        @Override
        public String word() {
            return "parked";
        }
    }

    /** All readers have what they wanted, or left. */
    record Finished(long bytes, Duration after) implements RetrievalEvent {
        @Override
        public String word() {
            return "finished";
        }
    }

    /** A block could not be had from anybody. */
    record GaveUp(Cid block, String reason) implements RetrievalEvent {
        @Override
        public String word() {
            return "gave-up";
        }
    }
}
