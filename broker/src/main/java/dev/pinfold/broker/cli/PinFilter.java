package dev.pinfold.broker.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The filters of {@code pin ls} and {@code pin rm}. */
final class PinFilter {
    @Option(names = "--cid", paramLabel = "CID", split = ",", description = "Only pins of these CIDs (1 to 10).")
    List<String> cids = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "Only pins with this name.")
    @Nullable
    String name;

    @Option(
            names = "--match",
            paramLabel = "HOW",
            description = "How --name is compared: exact, iexact, partial, ipartial (default: exact).")
    @Nullable
    String match;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            split = ",",
            description = "Only pins in these states: queued, pinning, pinned, failed.")
    List<String> statuses = List.of();

    @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "Only pins with this data; repeatable.")
    Map<String, String> meta = new LinkedHashMap<>();

    boolean isEmpty() {
        return cids.isEmpty() && name == null && statuses.isEmpty() && meta.isEmpty();
    }

    /** The filters as query parameters. */
    List<String> query(CommandSpec spec) {
        check(spec);
        List<String> parts = new ArrayList<>();
        if (!cids.isEmpty()) {
            parts.add("cid=" + BrokerClient.encode(String.join(",", cids)));
        }
        if (name != null) {
            parts.add("name=" + BrokerClient.encode(name));
        }
        if (match != null) {
            parts.add("match=" + match);
        }
        if (!statuses.isEmpty()) {
            parts.add("status=" + BrokerClient.encode(String.join(",", statuses)));
        }
        if (!meta.isEmpty()) {
            ObjectNode data = Json.object();
            meta.forEach(data::put);
            parts.add("meta=" + BrokerClient.encode(Json.compact(data)));
        }
        return parts;
    }

    private void check(CommandSpec spec) {
        for (String status : statuses) {
            if (!List.of(Pins.ALL.split(",", -1)).contains(status)) {
                throw new ParameterException(
                        spec.commandLine(), "--status: '" + status + "' is not one of queued, pinning, pinned, failed");
            }
        }
        if (match != null && !List.of("exact", "iexact", "partial", "ipartial").contains(match)) {
            throw new ParameterException(
                    spec.commandLine(), "--match: '" + match + "' is not one of exact, iexact, partial, ipartial");
        }
        if (match != null && name == null) {
            throw new ParameterException(spec.commandLine(), "--match says how --name is compared; give --name too");
        }
        if (cids.size() > 10) {
            throw new ParameterException(spec.commandLine(), "--cid takes at most 10 CIDs");
        }
    }
}
