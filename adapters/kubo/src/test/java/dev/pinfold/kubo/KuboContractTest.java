package dev.pinfold.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pinfold.kit.Dag;
import dev.pinfold.kit.ProviderContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.Deadline;
import dev.pinfold.spi.Failure;
import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderException;
import dev.pinfold.spi.ProviderFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An own node keeps the contract of every provider. */
class KuboContractTest extends ProviderContract {
    @TempDir
    Path folder;

    @Override
    protected ProviderFactory factory() {
        return new KuboProviderFactory();
    }

    @Override
    protected World newWorld() {
        return new ScriptedNode(folder);
    }

    @Override
    protected Map<String, String> deviations() {
        return Map.of();
    }

    /** A node may wait for ever for a block that it does not have; asking it about the block finds that out. */
    @Test
    void what_the_node_does_not_have_is_missing_although_its_export_says_nothing() throws Exception {
        try (World node = newWorld();
                Provider provider = factory().open(node.config())) {
            Failure failure = catchThrowableOfType(
                            ProviderException.class,
                            () -> provider.car(Dag.text("absent").root(), Deadline.after(Duration.ofSeconds(30))))
                    .failure();
            assertThat(failure).isInstanceOf(Failure.NotFound.class);
        }
    }
}
