package dev.pinfold.psa;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.util.List;

/** Opens accounts at companies that speak the Pinning Service API. */
public final class PsaProviderFactory implements ProviderFactory {
    @Override
    public String type() {
        return "psa";
    }

    @Override
    public List<Setting> settings() {
        return PsaSettings.ALL;
    }

    @Override
    public Provider open(ProviderConfig config) {
        return new PsaProvider(PsaSettings.read(config));
    }
}
