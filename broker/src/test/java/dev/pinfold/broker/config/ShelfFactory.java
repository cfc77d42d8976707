package dev.pinfold.broker.config;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.util.List;

/** An adapter with one setting of every kind; it only exists to be configured. */
final class ShelfFactory implements ProviderFactory {
    @Override
    public String type() {
        return "shelf";
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting("endpoint", Setting.Kind.URL, true, null, "where it answers"),
                new Setting("token", Setting.Kind.SECRET, false, null, "who asks"),
                new Setting("pause", Setting.Kind.DURATION, false, "10s", "how long it rests"),
                new Setting("chunk", Setting.Kind.SIZE, false, "1MiB", "how much at once"),
                new Setting("retries", Setting.Kind.INTEGER, false, "3", "how often"),
                new Setting("strict", Setting.Kind.BOOLEAN, false, "true", "whether it complains"),
                new Setting("folder", Setting.Kind.PATH, false, null, "where it keeps things"),
                new Setting("nickname", Setting.Kind.TEXT, false, null, "how it is called"));
    }

    @Override
    public Provider open(ProviderConfig config) {
        throw new UnsupportedOperationException("a shelf is never opened");
    }
}
