package dev.pinfold.filecoin;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.time.InstantSource;
import java.util.List;

/** Opens Lotus nodes and nodes of forks. */
public final class FilecoinProviderFactory implements ProviderFactory {
    @Override
    public String type() {
        return "filecoin";
    }

    @Override
    public List<Setting> settings() {
        return FilecoinSettings.ALL;
    }

    @Override
    public Provider open(ProviderConfig config) {
        return new FilecoinProvider(FilecoinSettings.read(config), InstantSource.system());
    }
}
