package dev.pinfold.conformance.reference;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Starts the reference server with the defects named on the command line, until the process is ended. */
public final class ReferenceMain {
    private ReferenceMain() {}

    public static void main(String[] args) throws InterruptedException {
        Set<Defect> defects = EnumSet.noneOf(Defect.class);
        Arrays.stream(args).map(Defect::valueOf).forEach(defects::add);
        try (ReferencePsa server = ReferencePsa.start(defects, Set.of(Behaviour.PINS_STEP_BY_STEP))) {
            System.out.println(
                    "endpoint " + server.uri() + " token " + ReferencePsa.TOKEN + " cid " + server.knownCid());
            new CountDownLatch(1).await();
        }
    }
}
