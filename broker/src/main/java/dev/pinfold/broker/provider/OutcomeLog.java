package dev.pinfold.broker.provider;

import dev.pinfold.spi.Failure;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs when calls to a provider begin to end differently, not each call: a provider that is down for a day is one line. */
final class OutcomeLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);
    private static final int LONGEST = 300;
    private static final String OK = "ok";

    private final String provider;
    private final Map<Operation, String> last = new EnumMap<>(Operation.class);

    OutcomeLog(String provider) {
        this.provider = provider;
    }

    void changed(Operation operation, CallOutcome<?> outcome) {
        switch (outcome) {
            case CallOutcome.Served<?> served -> note(operation, OK, Level.INFO, "");
            case CallOutcome.Failed<?> failed when failed.left() -> {}
            case CallOutcome.Failed<?> failed -> {
                Failure failure = failed.failure();
                FailureTreatment treatment = FailureTreatment.of(failure);
                note(operation, treatment.label(), treatment.logLevel(), failure.detail());
            }
            case CallOutcome.HeldBack<?> held -> {}
        }
    }

    private void note(Operation operation, String label, Level level, String detail) {
        String before;
        synchronized (last) {
            before = last.put(operation, label);
        }
        if (!label.equals(before == null ? OK : before)) {
            LOG.atLevel(level)
                    .log(
                            "event=provider.outcome provider={} operation={} from={} to={} failure=\"{}\"",
                            provider,
                            operation.label(),
                            before == null ? OK : before,
                            label,
                            oneLine(detail));
        }
    }

    static String oneLine(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ").replace('"', '\'');
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
