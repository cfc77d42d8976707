package dev.pinfold.broker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong command lines: each gets its exit code and a sentence that says what to do, and the broker hears nothing. */
class WrongUsageTest {
    private static final String CID = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    private static FakeBroker broker;

    @TempDir
    static Path data;

    @BeforeAll
    static void start() throws IOException {
        broker = new FakeBroker();
        ClientFile.write(data, broker.endpoint(), FakeBroker.TOKEN);
        Files.createDirectory(data.resolve("empty"));
        Files.writeString(data.resolve("file"), "x");
        Files.createDirectories(data.resolve("broken"));
        Files.writeString(data.resolve("broken/client.json"), "{\"endpoint\": 5");
        Files.createDirectories(data.resolve("half"));
        Files.writeString(data.resolve("half/client.json"), "{\"endpoint\": \"http://127.0.0.1:1\"}");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                line(2, "which command? Known are", ""),
                line(2, "Unmatched argument at index 0: 'sevre'", "sevre"),
                line(2, "pinfold serve", "sevre"),
                line(2, "Unknown option: '--verison'", "--verison"),
                line(2, "which command? Known are add, ls, status, rm, explain, events", "pin"),
                line(2, "from index 1: 'list'", "pin list"),
                line(2, "Missing required parameter: 'CID'", "pin add"),
                line(2, "Unmatched argument", "pin add " + CID + " extra"),
                line(2, "Unknown option: '--backgroud'", "pin add " + CID + " --backgroud"),
                line(2, "Expected parameter for option '--name'", "pin add " + CID + " --name"),
                line(2, "should be in KEY=VALUE format but was novalue", "pin add " + CID + " --meta novalue"),
                line(2, "'soon' is not a duration such as 500ms, 10s", "pin add " + CID + " --timeout soon"),
                line(2, "'10' is not a duration", "pin add " + CID + " --timeout 10"),
                line(2, "'done' is not one of queued, pinning, pinned, failed", "pin ls --status done"),
                line(2, "'' is not one of queued", "pin ls --status pinned,,failed"),
                line(2, "'fuzzy' is not one of exact, iexact, partial, ipartial", "pin ls --name a --match fuzzy"),
                line(2, "--match says how --name is compared; give --name too", "pin ls --match exact"),
                line(2, "--cid takes at most 10 CIDs", "pin ls --cid 1,2,3,4,5,6,7,8,9,10,11"),
                line(2, "--limit must be at least 1", "pin ls --limit 0"),
                line(2, "'many' is not a long", "pin ls --limit many"),
                line(2, "which pins? Give requestids, or --cid, --name, --status", "pin rm"),
                line(2, "give requestids or a filter, not both", "pin rm req-00001 --name x"),
                line(2, "Missing required parameter: 'REQUESTID|CID'", "pin status"),
                line(2, "Missing required parameter: 'REQUESTID|CID'", "pin explain --json"),
                line(2, "Missing required parameter: 'REQUESTID|CID'", "pin events"),
                line(2, "Missing required parameter: 'FILE|DIR|-'", "add"),
                line(2, "there is no DATA/none; check the path", "add DATA/none"),
                line(2, "DATA/empty holds no file to add", "add DATA/empty"),
                line(2, "DATA/empty is a folder; --car takes a CAR file", "add --car DATA/empty"),
                line(2, "Unknown option: '--recursive'", "add --recursive DATA/file"),
                line(2, "Missing required parameter: 'CID[/PATH]'", "get"),
                line(2, "'nonsense' is not a CID", "get nonsense -o DATA/x"),
                line(2, "is not a CID", "get ipfs:// -o DATA/x"),
                line(2, "'..' is not a CID", "get ../../etc/passwd -o DATA/x"),
                line(2, "DATA/file exists already", "get " + CID + " -o DATA/file"),
                line(2, "DATA/empty exists already; choose another with -o", "get " + CID + " -o DATA/empty --force"),
                line(2, "cannot write into DATA/nowhere; does it exist?", "get " + CID + " -o DATA/nowhere/x"),
                line(2, "-o - and --json both want standard output", "get " + CID + " -o - --json"),
                line(2, "Missing required option: '--name=NAME'", "token create"),
                line(
                        2,
                        "'root' is not one of pins:read, pins:write, content:write, operator",
                        "token create --name a --scope root"),
                line(2, "--max-pins must be at least 1", "token create --name a --max-pins 0"),
                line(2, "--requests-per-second must be at least 1", "token create --name a --requests-per-second -5"),
                line(2, "'1e99' is not an int", "token create --name a --requests-per-second 1e99"),
                line(2, "Missing required parameter: 'ID'", "token revoke"),
                line(2, "Missing required parameter: 'NAME'", "tenant create"),
                line(2, "which command? Known are ls, show", "provider"),
                line(2, "Missing required parameter: 'ID'", "provider show"),
                line(2, "which command? Known are ls, show, commp", "piece"),
                line(2, "Missing required parameter: 'FILE|-'", "piece commp"),
                line(2, "Missing required parameter: 'ID|PIECE-CID'", "piece show"),
                line(2, "there is no DATA/none; check the path", "piece commp DATA/none"),
                line(2, "DATA/empty is a folder; a piece is made of one file", "piece commp DATA/empty"),
                line(2, "'powershell' is not bash, zsh or fish", "completion powershell"),
                line(2, "Missing required parameter: 'SHELL'", "completion"),
                line(2, "which command? Known are check, plan, explain, test, simulate, diff", "policy"),
                line(2, "DATA/none.yaml does not exist; check the path", "policy check DATA/none.yaml"),
                line(
                        2,
                        "Missing required options: '--inventory=FILE', '--request=FILE'",
                        "policy plan --policy DATA/file"),
                line(
                        2,
                        "--fail: 'region' is not LABEL=VALUE",
                        "policy simulate --policy DATA/file --inventory DATA/file --requests DATA/file --fail region"),
                line(2, "--port must be within 0 to 65534", "serve --port 65535"),
                line(2, "'http' is not an int", "serve --port http"),
                line(2, "--source: 'gateway' is not an http or https URL", "serve --source gateway"),
                line(2, "DATA/none.yaml:1:1: there is no such file; check the path", "serve --config DATA/none.yaml"),
                line(2, "DATA/file:1:1: the file must be a group of keys", "serve --config DATA/file"),
                line(
                        2,
                        "'ftp://x' is not an endpoint; write it like http://127.0.0.1:8090",
                        "pin ls --endpoint ftp://x"),
                line(2, "'http://a b' is not an endpoint", "pin ls --endpoint http://a\u00a0b".replace('\u00a0', '^')),
                line(2, "the environment variable NO_SUCH_TOKEN is not set", "pin ls --token-env NO_SUCH_TOKEN"),
                line(2, "no token: set PINFOLD_TOKEN", "pin ls --endpoint http://127.0.0.1:1 --data DATA/empty"),
                line(2, "DATA/broken/client.json cannot be read", "pin ls --data DATA/broken"),
                line(2, "DATA/half/client.json holds no endpoint and token", "pin ls --data DATA/half"),
                line(2, "give a --gateway or the RPC of a --node", "bench read"),
                line(2, "--node: 'nonsense' is not an address such as", "bench read --node nonsense"),
                line(2, "--gateway: 'ftp://x' is not an address", "bench read --gateway ftp://x"),
                line(2, "--rounds must be at least 1", "bench read --node http://127.0.0.1:1 --rounds 0"),
                line(2, "--size: '12XB' is not a size such as", "bench read --node http://127.0.0.1:1 --size 12XB"),
                line(2, "nothing to read of a file of 0", "bench read --node http://127.0.0.1:1 --size 0"),
                line(2, "http://127.0.0.1:1 cannot be reached", "bench read --node http://127.0.0.1:1 --size 1KiB"),
                line(2, "--link: 'fast' is not a size such as", "bench read --node http://127.0.0.1:1 --link fast"),
                line(2, "nothing comes over a link of 0", "bench read --node http://127.0.0.1:1 --link 0"),
                line(2, "http://127.0.0.1:1 cannot be reached", "bench read --node http://127.0.0.1:1 --link 1MiB"),
                line(3, "no broker is known: there is no DATA/empty/client.json", "pin ls --data DATA/empty"),
                line(3, "the host is not known", "pin ls --endpoint http://nowhere.invalid --data DATA"),
                line(3, "nothing listens there", "pin ls --endpoint http://127.0.0.1:1 --data DATA"));
    }

    private static Arguments line(int code, String message, String line) {
        return Arguments.of(line, code, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void a_wrong_command_line_says_what_to_do(String line, int code, String message) {
        List<String> words = Stream.of(line.replace("DATA", data.toString()).split(" ", -1))
                .filter(word -> !word.isEmpty())
                .map(word -> word.replace('^', ' '))
                .toList();
        boolean talks =
                line.matches("(add|get|pin|token|tenant|provider|piece (ls|show)) .*") && !line.contains("--data");
        List<String> all = new java.util.ArrayList<>(words);
        if (talks && !line.contains("--endpoint")) {
            all.addAll(List.of("--data", data.toString()));
        }
        Ran ran = Ran.pinfold(all.toArray(String[]::new));
        assertThat(ran.err()).contains(message.replace("DATA", data.toString()));
        assertThat(ran.code()).isEqualTo(code);
        assertThat(ran.out().isEmpty() || ran.json().has("error")).isTrue();
        assertThat(broker.seen).isEmpty();
    }
}
