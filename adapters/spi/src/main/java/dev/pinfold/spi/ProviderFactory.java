package dev.pinfold.spi;

import java.util.List;

/** Makes providers of one adapter type. Found by {@link java.util.ServiceLoader}. */
public interface ProviderFactory {
    /** The name that the configuration uses, for example {@code psa}: lower case, {@code [a-z0-9-]}. */
    String type();

    /** The settings this adapter understands. Any other key is refused when the configuration is read. */
    List<Setting> settings();

    /**
     * Opens a provider; does not contact it.
     *
     * @throws IllegalArgumentException a setting is wrong; the message names the setting and what is right
     */
    Provider open(ProviderConfig config);
}
