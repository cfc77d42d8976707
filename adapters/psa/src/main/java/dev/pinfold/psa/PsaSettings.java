package dev.pinfold.psa;

import dev.pinfold.psa.Preset.OriginsPolicy;
import dev.pinfold.psa.Preset.StatusFilter;
import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.Setting;
import dev.pinfold.spi.Setting.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one account, checked, with the preset's defaults filled in.
 *
 * @param endpoint the URL before {@code /pins}, without a slash at the end
 * @param token the account's token
 * @param gateway the URL before {@code /ipfs}; null where there is none
 * @param gatewayToken what the gateway wants to see; null where it wants nothing
 * @param namePrefix stands before the order's key in the name of a pin
 * @param nameBytes longest name in bytes of UTF-8
 * @param metaPairs most pairs of metadata; 0 where metadata is not sent
 * @param window whether lists can be paged by {@code before}
 */
record PsaSettings(
        String id,
        URI endpoint,
        String token,
        @Nullable URI gateway,
        @Nullable String gatewayToken,
        String gatewayTokenHeader,
        OriginsPolicy origins,
        boolean delegates,
        String namePrefix,
        int nameBytes,
        int metaPairs,
        StatusFilter statusFilter,
        boolean window,
        int pageSize,
        long maxAnswerBytes,
        Duration connectTimeout,
        Duration stallTimeout) {

    /** The longest key of an order. */
    private static final int KEY_BYTES = 64;

    static final List<Setting> ALL = List.of(
            new Setting("preset", Kind.TEXT, false, "generic", "The company, for its defaults: " + Preset.ids() + "."),
            setting("endpoint", Kind.URL, "URL before /pins; needed for the presets generic and filecoin-pin."),
            new Setting("token", Kind.SECRET, true, null, "Access token of the account."),
            setting("gateway", Kind.URL, "URL before /ipfs of a trustless gateway that serves what the account pins."),
            setting("gatewayToken", Kind.SECRET, "Token of the gateway, where it wants one."),
            new Setting(
                    "gatewayTokenHeader",
                    Kind.TEXT,
                    false,
                    "Authorization",
                    "Header of the gateway's token; in Authorization it is sent as a Bearer token."),
            setting("origins", Kind.TEXT, "What to do with origins: send, plain (TCP only) or none."),
            setting("delegates", Kind.BOOLEAN, "Whether answers name delegates."),
            new Setting(
                    "namePrefix",
                    Kind.TEXT,
                    false,
                    "pinfold-",
                    "Before the order's key in a pin's name: 1..32 of [A-Za-z0-9-]."),
            new Setting("nameBytes", Kind.INTEGER, false, "255", "Longest name in bytes: 96..255."),
            setting("metaPairs", Kind.INTEGER, "Most pairs of metadata: 0 (send none) .. 1000."),
            setting("statusFilter", Kind.TEXT, "How lists are asked for all states: csv, each or omit."),
            setting("window", Kind.BOOLEAN, "Whether lists can be paged by the before parameter."),
            new Setting("pageSize", Kind.INTEGER, false, "1000", "Pins per page of a list: 10..1000."),
            new Setting("maxAnswerBytes", Kind.SIZE, false, "16MiB", "Longest answer that is read: 64KiB..64MiB."),
            new Setting("connectTimeout", Kind.DURATION, false, "5s", "Longest time to open a connection: 100ms..1m."),
            new Setting("stallTimeout", Kind.DURATION, false, "30s", "Longest silence within a CAR: 100ms..10m."));

    private static Setting setting(String name, Kind kind, String meaning) {
        return new Setting(name, kind, false, null, meaning);
    }

    /** Throws {@link IllegalArgumentException} that names the setting and what is right. */
    static PsaSettings read(ProviderConfig config) {
        Reader read = new Reader(config.settings());
        String presetId = read.text("preset");
        Preset preset = Preset.named(presetId).orElseThrow(() -> wrong("preset", "must be one of " + Preset.ids()));
        String gateway = config.textOrNull("gateway");
        String gatewayToken = config.textOrNull("gatewayToken");
        return new PsaSettings(
                config.id(),
                url("endpoint", read.textOr("endpoint", preset.endpoint)),
                secret("token", read.text("token")),
                gateway == null ? null : url("gateway", gateway),
                gatewayToken == null ? null : secret("gatewayToken", gatewayToken),
                read.matching("gatewayTokenHeader", "[A-Za-z0-9-]{1,64}", "must be the name of a header"),
                read.choice("origins", preset.origins, OriginsPolicy.values()),
                read.flag("delegates", preset.delegates),
                read.matching("namePrefix", "[A-Za-z0-9-]{1,32}", "must be 1..32 characters of [A-Za-z0-9-]"),
                read.number("nameBytes", null, 32 + KEY_BYTES, 255),
                read.number("metaPairs", preset.metaPairs, 0, 1000),
                read.choice("statusFilter", preset.statusFilter, StatusFilter.values()),
                read.flag("window", preset.window),
                read.number("pageSize", null, 10, 1000),
                read.number("maxAnswerBytes", 16 << 20, 64 << 10, 64 << 20),
                read.duration("connectTimeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1)),
                read.duration("stallTimeout", Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofMinutes(10)));
    }

    /** What is never shown. */
    List<String> secrets() {
        return gatewayToken == null ? List.of(token) : List.of(token, gatewayToken);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "PsaSettings[" + id + " at " + endpoint + "]";
    }

    private static IllegalArgumentException wrong(String name, String must) {
        return new IllegalArgumentException("setting '" + name + "' " + must);
    }

    private static URI url(String name, @Nullable String text) {
        if (text == null) {
            throw wrong(name, "is needed: this preset has no default for it");
        }
        try {
            URI url = new URI(text.replaceAll("/+$", ""));
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (!http || url.getHost() == null) {
                throw wrong(name, "must be an absolute http or https URL");
            }
            if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
                throw wrong(name, "must have no user, query or fragment");
            }
            if (name.equals("endpoint") && url.getPath().endsWith("/pins")) {
                throw wrong(name, "must end before /pins");
            }
            return url;
        } catch (URISyntaxException e) {
            throw wrong(name, "must be an absolute http or https URL");
        }
    }

    /** The text is never repeated: neither here nor by the HTTP client, which would quote a bad header. */
    private static String secret(String name, String text) {
        if (text.isEmpty() || text.length() > 8192 || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw wrong(name, "must be 1..8192 visible ASCII characters without blanks or line ends");
        }
        return text;
    }

    /** Reads texts as what they mean. */
    private record Reader(Map<String, String> settings) {
        String text(String name) {
            return textOr(
                    name,
                    ALL.stream()
                            .filter(setting -> setting.name().equals(name))
                            .findFirst()
                            .map(Setting::defaultText)
                            .orElse(null));
        }

        String textOr(String name, @Nullable String fallback) {
            String text = settings.getOrDefault(name, fallback);
            if (text == null) {
                throw wrong(name, "is needed");
            }
            return text;
        }

        String matching(String name, String pattern, String must) {
            String text = text(name);
            if (!text.matches(pattern)) {
                throw wrong(name, must);
            }
            return text;
        }

        boolean flag(String name, boolean fallback) {
            return switch (textOr(name, String.valueOf(fallback))) {
                case "true" -> true;
                case "false" -> false;
                default -> throw wrong(name, "must be true or false");
            };
        }

        int number(String name, @Nullable Integer fallback, int least, int most) {
            String text = fallback == null ? text(name) : textOr(name, String.valueOf(fallback));
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below, with the bounds.
            }
            throw wrong(name, "must be a whole number from " + least + " to " + most);
        }

        Duration duration(String name, Duration fallback, Duration least, Duration most) {
            try {
                String text = settings.get(name);
                Duration duration = text == null ? fallback : Duration.parse(text);
                if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                    return duration;
                }
            } catch (DateTimeException e) {
                // Said below, with the bounds.
            }
            throw wrong(name, "must be a duration from " + least + " to " + most);
        }

        <E extends Enum<E>> E choice(String name, E fallback, E[] all) {
            String text = textOr(name, Preset.idOf(fallback));
            Function<E, String> id = Preset::idOf;
            return Stream.of(all)
                    .filter(each -> id.apply(each).equals(text))
                    .findFirst()
                    .orElseThrow(() -> wrong(
                            name, "must be one of " + Stream.of(all).map(id).collect(Collectors.joining(", "))));
        }
    }
}
