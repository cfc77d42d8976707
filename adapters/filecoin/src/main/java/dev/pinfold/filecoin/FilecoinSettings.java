package dev.pinfold.filecoin;

import dev.pinfold.spi.ProviderConfig;
import dev.pinfold.spi.Setting;
import dev.pinfold.spi.Setting.Kind;
import dev.pinfold.spi.deal.AttoFil;
import dev.pinfold.spi.deal.Epoch;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one node, checked.
 *
 * @param endpoint the URL before {@code /rpc}, without a slash at the end
 * @param token null where the node takes calls without one
 * @param wallet null: the node's default wallet
 * @param network the network the node must be on; null: any
 * @param providers storage providers by id address, each with the URL of its market, or null where the chain tells it
 * @param countries two capital letters by id address
 * @param jurisdictions by id address, in the words of the policy
 * @param sharedDirectory where files for a legacy node are written; null: files go through its REST interface
 * @param nodeDirectory the same folder as the node sees it
 */
record FilecoinSettings(
        String id,
        URI endpoint,
        @Nullable String token,
        String mode,
        String rpcPath,
        @Nullable String wallet,
        @Nullable String network,
        String coin,
        Map<String, @Nullable URI> providers,
        Map<String, String> countries,
        Map<String, String> jurisdictions,
        boolean privateProviders,
        @Nullable Path sharedDirectory,
        @Nullable String nodeDirectory,
        long confirmations,
        long startBuffer,
        long shortestDeal,
        long longestDeal,
        boolean topUpEscrow,
        AttoFil maxFee,
        Duration settleTime,
        Duration pollInterval,
        Duration connectTimeout,
        long maxAnswerBytes) {
    static final String AUTO = "auto";

    private static final long MIB = 1 << 20;

    static final List<Setting> ALL = List.of(
            new Setting("endpoint", Kind.URL, true, null, "URL of the Lotus node before /rpc."),
            optional("token", Kind.SECRET, "API token; 'lotus auth create-token --perm sign' (legacy nodes: admin)."),
            fallback(
                    "mode",
                    Kind.TEXT,
                    AUTO,
                    "How deals are made: auto (found out by asking), lotus-legacy, lotus-mk12 or lotus-mk20."),
            fallback("rpcPath", Kind.TEXT, AUTO, "Path of JSON-RPC: auto, /rpc/v0 or /rpc/v1."),
            optional("wallet", Kind.TEXT, "Address that signs and pays; by default the node's default wallet."),
            optional("network", Kind.TEXT, "Name of the network the node must be on, such as mainnet."),
            fallback("coin", Kind.TEXT, "FIL", "What the coin is called: 1..10 letters."),
            optional(
                    "storageProviders",
                    Kind.TEXT,
                    "Candidates: f01234, or f01234=https://host with the URL of its market; separated by blanks."),
            optional(
                    "countries",
                    Kind.TEXT,
                    "Where storage providers are: f01234=DE, separated by blanks. One that is not named is unknown."),
            optional(
                    "jurisdictions",
                    Kind.TEXT,
                    "Whose law binds storage providers: f01234=EU, separated by blanks. One that is not named is unknown."),
            fallback(
                    "privateProviders",
                    Kind.BOOLEAN,
                    "false",
                    "Whether a storage provider's address on chain may lead to a private or loopback address."),
            optional("sharedDirectory", Kind.PATH, "Folder that a legacy node can read and write too, for CAR files."),
            optional("nodeDirectory", Kind.TEXT, "The same folder as the node sees it; by default the same path."),
            fallback(
                    "confirmations",
                    Kind.INTEGER,
                    "900",
                    "Epochs that a fact must be deep in the chain before it is reported: 0..2880."),
            fallback(
                    "startBuffer",
                    Kind.DURATION,
                    "72h",
                    "From now to a deal's start; storage providers refuse less than they need to seal: 1h..60d."),
            fallback("shortestDeal", Kind.DURATION, "180d", "Shortest deal the network takes: 1h..1278d."),
            fallback("longestDeal", Kind.DURATION, "519d", "Longest deal to make: 1h..1278d."),
            fallback(
                    "topUpEscrow",
                    Kind.BOOLEAN,
                    "false",
                    "Whether coins that a deal lacks are moved from the wallet to escrow."),
            fallback("maxFee", Kind.TEXT, "0.1", "The most coins in fees for one message."),
            fallback(
                    "settleTime",
                    Kind.DURATION,
                    "10m",
                    "How long a legacy node may take to show a proposal whose reply was lost: 0..24h."),
            fallback(
                    "pollInterval",
                    Kind.DURATION,
                    "30s",
                    "How often the chain is asked where it is not pushed: 100ms..1h."),
            fallback("connectTimeout", Kind.DURATION, "5s", "Longest time to open a connection: 100ms..1m."),
            fallback("maxAnswerBytes", Kind.SIZE, "64MiB", "Longest answer that is read: 1MiB..512MiB."));

    private static Setting optional(String name, Kind kind, String meaning) {
        return new Setting(name, kind, false, null, meaning);
    }

    private static Setting fallback(String name, Kind kind, String text, String meaning) {
        return new Setting(name, kind, false, text, meaning);
    }

    /** Throws {@link IllegalArgumentException} that names the setting and what is right. */
    static FilecoinSettings read(ProviderConfig config) {
        Reader read = new Reader(config);
        String shared = config.textOrNull("sharedDirectory");
        Path folder =
                shared == null ? null : config.dataDirectory().resolve(shared).toAbsolutePath();
        FilecoinSettings settings = new FilecoinSettings(
                config.id(),
                read.endpoint(),
                read.token(),
                read.oneOf("mode", AUTO, "lotus-legacy", "lotus-mk12", "lotus-mk20"),
                read.oneOf("rpcPath", AUTO, "/rpc/v0", "/rpc/v1"),
                read.wallet(),
                config.textOrNull("network"),
                read.matching("coin", "[A-Za-z]{1,10}", "must be 1..10 letters"),
                read.providers(),
                read.places("countries", "[A-Z]{2}", "f01234=DE"),
                read.places("jurisdictions", "[A-Za-z0-9-]{1,32}", "f01234=EU"),
                read.flag("privateProviders"),
                folder,
                folder == null
                        ? null
                        : Objects.requireNonNullElse(config.textOrNull("nodeDirectory"), folder.toString()),
                read.number("confirmations", 0, 2880),
                Epoch.epochsIn(read.duration("startBuffer", Duration.ofHours(1), Duration.ofDays(60))),
                Epoch.epochsIn(read.duration("shortestDeal", Duration.ofHours(1), Duration.ofDays(1278))),
                Epoch.epochsIn(read.duration("longestDeal", Duration.ofHours(1), Duration.ofDays(1278))),
                read.flag("topUpEscrow"),
                read.coins("maxFee"),
                read.duration("settleTime", Duration.ZERO, Duration.ofDays(1)),
                read.duration("pollInterval", Duration.ofMillis(100), Duration.ofHours(1)),
                read.duration("connectTimeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                read.number("maxAnswerBytes", MIB, 512 * MIB));
        if (settings.longestDeal() < settings.shortestDeal()) {
            throw wrong("longestDeal", "must not be shorter than shortestDeal");
        }
        return settings;
    }

    /** What is never shown. */
    List<String> secrets() {
        String secret = token;
        return secret == null ? List.of() : List.of(secret);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "FilecoinSettings[" + id + " at " + endpoint + "]";
    }

    private static IllegalArgumentException wrong(String name, String must) {
        return new IllegalArgumentException("setting '" + name + "' " + must);
    }

    /** Reads texts as what they mean. */
    private record Reader(ProviderConfig config) {
        /** The text, or the default where the caller did not fill it in. */
        String text(String name) {
            String text = config.textOrNull(name);
            if (text != null) {
                return text;
            }
            return ALL.stream()
                    .filter(setting -> setting.name().equals(name) && setting.defaultText() != null)
                    .findFirst()
                    .map(Setting::defaultText)
                    .map(Reader::asRead)
                    .orElseThrow(() -> wrong(name, "is needed"));
        }

        /** Defaults are written as in a configuration file; here durations and sizes are in the form that code gets. */
        private static String asRead(String text) {
            if (text.matches("[0-9]+d")) {
                return "P" + text.substring(0, text.length() - 1) + "D";
            }
            if (text.matches("[0-9]+[hms]")) {
                return "PT" + text;
            }
            return text.endsWith("MiB")
                    ? String.valueOf(Long.parseLong(text.substring(0, text.length() - 3)) * MIB)
                    : text;
        }

        URI endpoint() {
            return url("endpoint", text("endpoint"));
        }

        @Nullable
        String token() {
            String token = config.textOrNull("token");
            if (token != null
                    && (token.isEmpty()
                            || token.length() > 8192
                            || !token.chars().allMatch(c -> c > ' ' && c < 127))) {
                throw wrong("token", "must be 1..8192 visible ASCII characters without blanks or line ends");
            }
            return token;
        }

        @Nullable
        String wallet() {
            String wallet = config.textOrNull("wallet");
            if (wallet != null && !isKey(wallet)) {
                throw wrong("wallet", "must be the address of a key: f1…, f3… or f410f…");
            }
            return wallet;
        }

        private static boolean isKey(String wallet) {
            try {
                return Address.parse(wallet).isKey();
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        Map<String, @Nullable URI> providers() {
            Map<String, @Nullable URI> out = new LinkedHashMap<>();
            for (String entry : entries("storageProviders")) {
                int at = entry.indexOf('=');
                String address = at < 0 ? entry : entry.substring(0, at);
                out.put(
                        providerAddress("storageProviders", address),
                        at < 0 ? null : url("storageProviders", entry.substring(at + 1)));
            }
            return out;
        }

        Map<String, String> places(String name, String pattern, String example) {
            Map<String, String> out = new LinkedHashMap<>();
            for (String entry : entries(name)) {
                String[] parts = entry.split("=", 2);
                if (parts.length != 2 || !parts[1].matches(pattern)) {
                    throw wrong(name, "must be pairs such as " + example + ", separated by blanks");
                }
                out.put(providerAddress(name, parts[0]), parts[1]);
            }
            return Map.copyOf(out);
        }

        private String[] entries(String name) {
            String text = config.textOrNull(name);
            return text == null || text.isBlank() ? new String[0] : text.strip().split("[\\s,]+");
        }

        private static String providerAddress(String setting, String text) {
            if (!text.matches("[ft]0[0-9]{1,19}")) {
                throw wrong(
                        setting, "must name storage providers by their id address, such as f01234, not '" + text + "'");
            }
            return text;
        }

        private static URI url(String name, String text) {
            try {
                URI url = new URI(text.replaceAll("/+$", ""));
                boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                if (http && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null) {
                    return url;
                }
            } catch (URISyntaxException e) {
                // Said below.
            }
            throw wrong(name, "must be an absolute http or https URL without user and query");
        }

        String oneOf(String name, String... all) {
            String text = text(name);
            if (!List.of(all).contains(text)) {
                throw wrong(name, "must be one of " + String.join(", ", all));
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

        boolean flag(String name) {
            return Boolean.parseBoolean(oneOf(name, "true", "false"));
        }

        AttoFil coins(String name) {
            try {
                return AttoFil.ofCoins(text(name));
            } catch (IllegalArgumentException e) {
                throw wrong(name, "must be an amount of coins such as 0.1");
            }
        }

        long number(String name, long least, long most) {
            try {
                long number = Long.parseLong(text(name));
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below, with the bounds.
            }
            throw wrong(name, "must be a whole number from " + least + " to " + most);
        }

        Duration duration(String name, Duration least, Duration most) {
            try {
                Duration duration = Duration.parse(text(name));
                if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                    return duration;
                }
            } catch (DateTimeException e) {
                // Said below, with the bounds.
            }
            throw wrong(name, "must be a duration from " + least + " to " + most);
        }
    }
}
