package dev.pinfold.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pinfold.broker.chaos.KillPoint.AtCall;
import dev.pinfold.broker.chaos.KillPoint.AtStatement;
import dev.pinfold.broker.chaos.KillPoint.Effect;
import dev.pinfold.broker.chaos.KillPoint.Statement;
import dev.pinfold.kit.PsaOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One pin after the other lives its whole life (added, copied to two companies, verified, deleted, released), and in each
 * the broker dies at another exact moment. All moments with {@code -Dpinfold.thorough=true}, else those around intent,
 * call and result.
 */
class KilledAtEveryStepTest {
    private static final boolean THOROUGH = Boolean.getBoolean("pinfold.thorough");

    @TempDir
    Path folder;

    @Test
    void whatever_the_step_at_which_the_broker_dies_each_company_is_asked_once_and_released() throws Exception {
        try (PinLife life = new PinLife(folder)) {
            Map<Statement, Integer> steps = life.undisturbed();
            System.out.println("statements in the life of a pin: " + steps);
            assertThat(steps).containsKeys(Statement.INTEND, Statement.RECORD, Statement.FORGET, Statement.CLEAR);
            List<String> reached = new ArrayList<>();
            List<String> missed = new ArrayList<>();
            for (KillPoint<Statement> point : points(steps)) {
                boolean fired = life.killedAt(point);
                (fired ? reached : missed).add(point.toString());
                System.out.println((fired ? "killed " : "never came: ") + point);
            }
            System.out.println(reached.size() + " moments reached, " + missed.size() + " never came: " + missed);
            assertThat(reached).hasSizeGreaterThan(missed.size() * 4);
            assertThat(missed).noneMatch(point -> point.endsWith("#1"));
        }
    }

    private static List<KillPoint<Statement>> points(Map<Statement, Integer> steps) {
        List<KillPoint<Statement>> points = new ArrayList<>();
        for (Statement statement : Statement.values()) {
            int times = steps.getOrDefault(statement, 0);
            for (int n = 1; n <= times; n++) {
                if (!THOROUGH && !(around(statement) && n <= 1)) {
                    continue;
                }
                if (!statement.polls()) {
                    points.add(new AtStatement<>(statement, n, false));
                }
                points.add(new AtStatement<>(statement, n, true));
            }
        }
        for (PsaOperation operation :
                List.of(PsaOperation.ADD, PsaOperation.GET, PsaOperation.BLOCK, PsaOperation.DELETE)) {
            for (Effect effect : Effect.values()) {
                if (THOROUGH || (operation == PsaOperation.ADD && effect != Effect.NONE)) {
                    points.add(new AtCall(operation, effect));
                }
            }
        }
        return points;
    }

    private static boolean around(Statement statement) {
        return switch (statement) {
            case ADD, INTEND, RECORD, FORGET -> true;
            case CLAIM_KEY, TAKE, SHOW, PLAN, SETTLED, COMMIT, CLAIM, DELETE, RETIRE, CLEAR -> false;
        };
    }
}
