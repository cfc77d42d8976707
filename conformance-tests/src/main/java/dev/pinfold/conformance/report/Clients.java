package dev.pinfold.conformance.report;

import dev.pinfold.conformance.rule.CheckResult;
import dev.pinfold.conformance.rule.Profile;
import dev.pinfold.conformance.rule.Report;
import dev.pinfold.conformance.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which widely used clients will work, judged by the checks that stand for what they do. */
public final class Clients {
    private static final List<Client> ALL = List.of(
            new Client(
                    "Kubo (ipfs pin remote)",
                    List.of(
                            new Use("add and wait", "client.kubo-add-wait"),
                            new Use("ls", "client.kubo-ls"),
                            new Use("service ls --stat", "client.kubo-stat"),
                            new Use("MFS policy", "client.kubo-mfs"),
                            new Use("rm by name", "match.exact"))),
            new Client(
                    "Helia (@helia/remote-pinning)",
                    List.of(
                            new Use("add", "client.helia-add"),
                            new Use("rm", "client.helia-rm"),
                            new Use("isPinned", "client.helia-is-pinned"),
                            new Use("ls", "client.helia-ls"),
                            new Use("setMetadata", "replace.same-cid"))),
            new Client(
                    "IPFS Desktop and webui",
                    List.of(
                            new Use("pin states", "client.webui-batches"),
                            new Use("service page", "client.kubo-stat"),
                            new Use("pin", "client.kubo-add-wait"))),
            new Client(
                    "omnipin",
                    List.of(
                            new Use("pin", "post.202-and-schema"),
                            new Use("status", "client.omnipin-status"),
                            new Use("unpin", "client.omnipin-unpin"))),
            new Client(
                    "JavaScript pinning-service-client",
                    List.of(
                            new Use("list", "list.200-schema"),
                            new Use("paging", "created.rfc3339-zone"),
                            new Use("meta filter", "client.js-meta-brackets"),
                            new Use("from a web page", "cors.preflight"))));

    private Clients() {}

    private record Client(String name, List<Use> uses) {}

    private record Use(String what, String check) {}

    /** How one client fares: {@code works}, {@code works in part}, {@code does not work} or {@code not tested}. */
    public record Outlook(
            String client, String verdict, List<String> works, List<String> broken, List<String> untested) {}

    /** One outlook per client; none when the report is about a gateway only. */
    public static List<Outlook> of(Report report) {
        if (report.results().stream().noneMatch(result -> result.check().profile() == Profile.PSA)) {
            return List.of();
        }
        Map<String, CheckResult> results = report.results().stream()
                .collect(Collectors.toMap(result -> result.check().id(), Function.identity(), (a, b) -> a));
        return ALL.stream().map(client -> outlook(client, results)).toList();
    }

    private static Outlook outlook(Client client, Map<String, CheckResult> results) {
        List<String> works = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        List<String> untested = new ArrayList<>();
        for (Use use : client.uses()) {
            CheckResult result = results.get(use.check());
            if (result == null || result.verdict() == Verdict.SKIP) {
                untested.add(use.what());
            } else if (result.failed()) {
                broken.add(use.what() + " (" + use.check() + ")");
            } else {
                works.add(use.what());
            }
        }
        String verdict = works.isEmpty() && broken.isEmpty()
                ? "not tested"
                : broken.isEmpty() ? "works" : works.isEmpty() ? "does not work" : "works in part";
        return new Outlook(client.name(), verdict, works, broken, untested);
    }
}
