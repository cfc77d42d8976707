package dev.pinfold.kubo;

import dev.pinfold.spi.Provider;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.ProviderFactory;
import dev.pinfold.spi.Setting;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;

/** Makes providers of own nodes that speak Kubo's RPC: type {@code kubo}. */
public final class KuboProviderFactory implements ProviderFactory {
    @Override
    public String type() {
        return "kubo";
    }

    @Override
    public List<Setting> settings() {
        return List.of(
                new Setting(
                        "endpoint",
                        Setting.Kind.URL,
                        true,
                        null,
                        "The node's RPC, for example http://127.0.0.1:5001. The node must belong to this broker alone"),
                new Setting(
                        "token",
                        Setting.Kind.SECRET,
                        false,
                        null,
                        "Sent as a bearer token, where the node or a proxy before it asks for one"),
                new Setting(
                        "fetch",
                        Setting.Kind.BOOLEAN,
                        false,
                        "false",
                        "Whether the node finds content on the network by its CID; if not, the broker uploads it"),
                new Setting(
                        "connectTimeout",
                        Setting.Kind.DURATION,
                        false,
                        "5s",
                        "Longest wait for a connection to the node"));
    }

    @Override
    public Provider open(ProviderConfig config) {
        return new KuboProvider(
                config.id(),
                new Rpc(config.id(), api(config), config.textOrNull("token"), connectTimeout(config)),
                flag(config, "fetch"));
    }

    private static URI api(ProviderConfig config) {
        String text = config.text("endpoint");
        try {
            URI uri = URI.create(text.replaceFirst("/+$", ""));
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getQuery() == null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Answered below.
        }
        throw new IllegalArgumentException(
                "setting 'endpoint' of provider " + config.id() + " must be a URL such as http://127.0.0.1:5001");
    }

    private static Duration connectTimeout(ProviderConfig config) {
        String text = config.textOrNull("connectTimeout");
        try {
            Duration duration = text == null ? Duration.ofSeconds(5) : Duration.parse(text);
            if (duration.isPositive()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // Answered below.
        }
        throw new IllegalArgumentException(
                "setting 'connectTimeout' of provider " + config.id() + " must be a time above zero");
    }

    private static boolean flag(ProviderConfig config, String name) {
        String text = config.textOrNull(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(
                    "setting '" + name + "' of provider " + config.id() + " must be true or false, not '" + text + "'");
        }
        return "true".equals(text);
    }
}
