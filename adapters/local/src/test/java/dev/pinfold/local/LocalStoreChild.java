package dev.pinfold.local;

import static dev.pinfold.local.StoreFixture.open;
import static dev.pinfold.local.StoreFixture.ref;
import static dev.pinfold.local.StoreFixture.soon;
import static dev.pinfold.local.StoreFixture.upload;

import dev.pinfold.kit.Dag;
import dev.pinfold.spi.Provider;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** A store in a JVM of its own, to be killed: uploads and unpins for ever, and says so before and after each. */
final class LocalStoreChild {
    private LocalStoreChild() {}

    /** Every pin shares one of three files with others, and has one of its own. */
    static Dag dag(int number) {
        return StoreFixture.over(Dag.file(number % 3, 6, 4_000), Dag.file(1_000L + number, 3, 30_000));
    }

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[2]));
        Deque<Integer> stored = new ArrayDeque<>();
        Provider provider = open(Path.of(arguments[0]));
        for (int number = Integer.parseInt(arguments[1]); ; number++) {
            System.out.println("uploading " + number);
            upload(provider, "pin-" + number, dag(number));
            System.out.println("stored " + number);
            stored.add(number);
            if (stored.size() > 5 || random.nextInt(3) == 0) {
                int victim = random.nextBoolean() ? stored.removeFirst() : stored.removeLast();
                System.out.println("unpinning " + victim);
                provider.unpin(ref("pin-" + victim, dag(victim)), soon());
                System.out.println("unpinned " + victim);
            }
        }
    }
}
