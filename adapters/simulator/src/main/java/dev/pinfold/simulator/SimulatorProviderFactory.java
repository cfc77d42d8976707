package dev.pinfold.simulator;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import dev.pinfold.spi.Setting.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;

/** Makes simulated Filecoin networks: type {@code filecoin-simulator}. */
public final class SimulatorProviderFactory implements ProviderFactory {
    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration MOST = Duration.ofHours(1);

    @Override
    public String type() {
        return "filecoin-simulator";
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting(
                        "path",
                        Kind.PATH,
                        true,
                        null,
                        "Folder in which the SIMULATED network keeps its chain, deals and pieces."),
                new Setting(
                        "epoch",
                        Kind.DURATION,
                        false,
                        "1s",
                        "Real time in which an epoch of 30 simulated seconds passes: 10ms..1h."),
                new Setting(
                        "countries",
                        Kind.TEXT,
                        false,
                        "DE US SG JP",
                        "A storage provider in each of these countries, two capital letters each, separated by blanks."));
    }

    @Override
    public Provider open(ProviderConfig config) {
        return SimulatorProvider.open(config.id(), folder(config), epoch(config), countries(config));
    }

    private static Path folder(ProviderConfig config) {
        try {
            return config.dataDirectory()
                    .resolve(config.text("path"))
                    .toAbsolutePath()
                    .normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("setting 'path' is not a path: " + e.getMessage(), e);
        }
    }

    private static Duration epoch(ProviderConfig config) {
        try {
            Duration epoch = Duration.parse(config.text("epoch"));
            if (epoch.compareTo(LEAST) >= 0 && epoch.compareTo(MOST) <= 0) {
                return epoch;
            }
        } catch (DateTimeException e) {
            // Said below, with the bounds.
        }
        throw new IllegalArgumentException("setting 'epoch' must be a duration from 10ms to 1h");
    }

    private static List<String> countries(ProviderConfig config) {
        List<String> countries = List.of(config.text("countries").strip().split("[\\s,]+"));
        if (countries.size() > 20 || !countries.stream().allMatch(each -> each.matches("[A-Z]{2}"))) {
            throw new IllegalArgumentException(
                    "setting 'countries' must be 1..20 countries of two capital letters, such as DE US SG");
        }
        return countries;
    }
}
