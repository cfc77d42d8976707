package dev.pinfold.kubo;

import dev.pinfold.kit.ProviderContract;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderFactory;
import java.nio.file.Path;
import java.util.Map;
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
}
