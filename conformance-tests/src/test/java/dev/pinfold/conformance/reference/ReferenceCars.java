package dev.pinfold.conformance.reference;

import static dev.pinfold.conformance.reference.ReferencePsa.header;

import com.sun.net.httpserver.HttpExchange;
import dev.pinfold.conformance.content.CarFile;
import dev.pinfold.conformance.content.Cids;
import dev.pinfold.conformance.content.Cids.Cid;
import dev.pinfold.conformance.reference.ReferenceTree.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the reference gateway puts into a CAR, and how it names what it did. */
final class ReferenceCars {
    private static final Pattern RANGE = Pattern.compile("(-?\\d+):(-?\\d+|\\*)");

    private final ReferenceTree tree;
    private final Set<Defect> defects;
    private final Set<Behaviour> behaviours;

    ReferenceCars(ReferenceTree tree, Set<Defect> defects, Set<Behaviour> behaviours) {
        this.tree = tree;
        this.defects = defects;
        this.behaviours = behaviours;
    }

    /** One request understood: what to send, in which order, and how often. */
    record Plan(Target target, String scope, @Nullable Bytes bytes, boolean dups) {}

    /** A range of a file, both ends included; empty when it lies outside. */
    record Bytes(long from, long to) {
        boolean empty() {
            return to < from;
        }
    }

    Plan plan(HttpExchange exchange, Map<String, String> query, Target target) {
        if (query.getOrDefault("car-version", "1").equals("99") && !has(Defect.GATEWAY_CAR_VERSION_IGNORED)) {
            throw new Refusal(400, "BAD_REQUEST", "no such CAR version");
        }
        boolean dups = dups(header(exchange, "Accept"), query);
        if (dups && behaviours.contains(Behaviour.REFUSES_DUPLICATES)) {
            throw new Refusal(406, "NOT_ACCEPTABLE", "blocks are sent once");
        }
        String range = query.get("entity-bytes");
        String scope = range != null ? "entity" : query.getOrDefault("dag-scope", defaultScope());
        Bytes bytes = range == null || tree.directory(target.cid()) ? null : bytes(range, target);
        if (range != null && tree.directory(target.cid()) && has(Defect.GATEWAY_BYTES_OF_DIRECTORY_REFUSED)) {
            throw new Refusal(400, "BAD_REQUEST", "a directory has no bytes");
        }
        return new Plan(target, scope, bytes, dups);
    }

    private String defaultScope() {
        return has(Defect.GATEWAY_DEFAULT_SCOPE_ENTITY) ? "entity" : "all";
    }

    private boolean dups(String accept, Map<String, String> query) {
        boolean accepted = accept.contains("dups=y");
        String asked = query.get("car-dups");
        boolean byUrl = asked != null && !has(Defect.GATEWAY_ACCEPT_BEATS_PARAMETER);
        return byUrl ? "y".equals(asked) : accepted;
    }

    private @Nullable Bytes bytes(String text, Target target) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            if (has(Defect.GATEWAY_BYTES_UNCHECKED)) {
                return null;
            }
            throw new Refusal(400, "BAD_REQUEST", "entity-bytes is from:to");
        }
        if (has(Defect.GATEWAY_BYTES_IGNORED)) {
            return null;
        }
        long size = tree.size(target.cid());
        long from = Long.parseLong(range.group(1));
        if (from < 0) {
            from = has(Defect.GATEWAY_BYTES_NEGATIVE_FROM_ZERO) ? 0 : Math.max(0, size + from);
        }
        long to = range.group(2).equals("*") ? size - 1 : Long.parseLong(range.group(2));
        if (to < 0) {
            to = size + to;
        }
        if (has(Defect.GATEWAY_BYTES_END_EXCLUSIVE)) {
            to = to - 600;
        }
        if (from >= size && behaviours.contains(Behaviour.OUTSIDE_400)) {
            throw new Refusal(400, "BAD_REQUEST", "the file has " + size + " bytes");
        }
        if (from >= size && has(Defect.GATEWAY_BYTES_OUTSIDE_ALL)) {
            return null;
        }
        return new Bytes(from, Math.min(size - 1, to));
    }

    byte[] write(Plan plan) {
        List<Cid> blocks = new ArrayList<>();
        if (!has(Defect.GATEWAY_PATH_WITHOUT_WAY)) {
            blocks.addAll(plan.target().way());
        }
        if (has(Defect.GATEWAY_PATH_WITH_SIBLINGS) && !plan.target().way().isEmpty()) {
            blocks.addAll(tree.everything(plan.target().way().getLast(), false));
        }
        blocks.addAll(below(plan));
        spoil(blocks, plan);
        List<CarFile.Section> sections = new ArrayList<>();
        Set<String> sent = new HashSet<>();
        for (Cid cid : blocks) {
            boolean again = !sent.add(cid.text());
            boolean repeats =
                    again && (plan.dups() ? has(Defect.GATEWAY_DUPS_NEVER) : !has(Defect.GATEWAY_CAR_DUPLICATES));
            if (!repeats && (!cid.identity() || has(Defect.GATEWAY_CAR_WITH_IDENTITY))) {
                sections.add(new CarFile.Section(cid, bytesOf(cid)));
            }
        }
        return CarFile.write(has(Defect.GATEWAY_PROBE_OTHER_ROOT) ? anotherRoot() : rootOf(plan), sections);
    }

    private static Cid rootOf(Plan plan) {
        return plan.target().way().isEmpty()
                ? plan.target().cid()
                : plan.target().way().getFirst();
    }

    private static Cid anotherRoot() {
        return Cids.parse(Cids.v1(Cids.RAW, new byte[] {1})).orElseThrow();
    }

    private List<Cid> below(Plan plan) {
        Cid cid = plan.target().cid();
        Bytes bytes = plan.bytes();
        if (bytes != null && !has(Defect.GATEWAY_SCOPE_IGNORED)) {
            return bytes.empty() ? List.of(cid) : tree.range(cid, bytes.from(), bytes.to());
        }
        return switch (has(Defect.GATEWAY_SCOPE_IGNORED) ? "all" : plan.scope()) {
            case "block" -> List.of(cid);
            case "entity" -> entity(cid);
            default -> tree.everything(cid, plan.dups() || has(Defect.GATEWAY_CAR_DUPLICATES));
        };
    }

    private List<Cid> entity(Cid cid) {
        if (has(Defect.GATEWAY_ENTITY_IS_BLOCK)) {
            return List.of(cid);
        }
        boolean listed = tree.directory(cid) && has(Defect.GATEWAY_ENTITY_LISTS_ALL);
        return listed ? tree.everything(cid, false) : tree.entity(cid);
    }

    private void spoil(List<Cid> blocks, Plan plan) {
        if (plan.scope().equals("block") || blocks.size() < 3) {
            return;
        }
        if (has(Defect.GATEWAY_CAR_CHILDREN_FIRST)) {
            blocks.add(blocks.removeFirst());
        }
        if (has(Defect.GATEWAY_CAR_BREADTH_FIRST)) {
            Collections.swap(blocks, 1, blocks.size() - 1);
        }
        if (behaviours.contains(Behaviour.CARS_IN_ANY_ORDER)) {
            Collections.reverse(blocks);
        }
        if (has(Defect.GATEWAY_CAR_TRUNCATED)) {
            blocks.removeLast();
        }
        if (has(Defect.GATEWAY_CAR_FOREIGN_BLOCK)) {
            blocks.add(Cids.parse(ReferenceGateway.ANOTHER).orElseThrow());
        }
    }

    private byte[] bytesOf(Cid cid) {
        if (cid.text().equals(ReferenceGateway.ANOTHER)) {
            return ReferenceGateway.ANOTHER_BLOCK.clone();
        }
        byte[] body = tree.held(cid).clone();
        if (has(Defect.GATEWAY_CAR_WRONG_BLOCK) && cid.codec() == Cids.RAW && body.length > 0) {
            body[0] ^= 1;
        }
        return body;
    }

    String type(Plan plan) {
        String version = has(Defect.GATEWAY_CAR_WITHOUT_VERSION) ? "" : ";version=1";
        if (has(Defect.GATEWAY_CAR_WITHOUT_ORDER)) {
            return "application/vnd.ipld.car" + version;
        }
        String order = behaviours.contains(Behaviour.CARS_IN_ANY_ORDER) ? "unk" : "dfs";
        return "application/vnd.ipld.car" + version + ";order=" + order + ";dups=" + (plan.dups() ? "y" : "n");
    }

    String etag(Plan plan, String path) {
        if (has(Defect.GATEWAY_ETAG_SHARED)) {
            return "W/\"" + path.hashCode() + ".car\"";
        }
        Bytes bytes = plan.bytes();
        String range = bytes == null ? "" : "." + bytes.from() + "-" + bytes.to();
        return "W/\"" + Integer.toHexString(path.hashCode()) + "." + plan.scope() + range + (plan.dups() ? ".y" : ".n")
                + ".car\"";
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }
}
