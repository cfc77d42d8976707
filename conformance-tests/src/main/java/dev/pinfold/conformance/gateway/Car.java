package dev.pinfold.conformance.gateway;

import static dev.pinfold.conformance.session.GatewayAccess.CAR;

import dev.pinfold.conformance.content.CarFile;
import dev.pinfold.conformance.content.Dag.Entry;
import dev.pinfold.conformance.http.Ask;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.rule.Trial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A CAR that a gateway sent, taken apart. */
record Car(Exchange exchange, List<CarFile.Section> sections) {
    /** What a client that verifies while it reads asks for. */
    static final String IN_ORDER = CAR + "; version=1; order=dfs; dups=n";

    /** The CAR of a path below the known root; a refusal or a file that is no CARv1 ends the check. */
    static Car of(Trial t, String path, String parameters) {
        return read(t, ask(t, path, parameters, IN_ORDER));
    }

    static Car of(Trial t, Entry entry, String parameters) {
        return of(t, entry.path(), parameters);
    }

    /** Asks without a judgement about the answer. */
    static Exchange ask(Trial t, String path, String parameters, String accept) {
        KnownContent.requireCars(t);
        String root = KnownContent.anyCid(t);
        return t.gateway()
                .send(Ask.of("GET", "/ipfs/" + root + path + "?format=car" + parameters)
                        .with("Accept", accept));
    }

    static Car read(Trial t, Exchange exchange) {
        t.requireStatus(exchange, 200);
        CarFile.Parsed parsed = CarFile.read(exchange.body());
        t.require(
                parsed.problem().isEmpty(),
                exchange,
                "a CARv1",
                parsed.problem().orElse(""));
        return new Car(exchange, parsed.sections());
    }

    /** A parameter of the answer's Content-Type in lower case, or "". */
    String parameter(String name) {
        return parameter(exchange.header("content-type").orElse(""), name);
    }

    static String parameter(String type, String name) {
        for (String part : type.toLowerCase(Locale.ROOT).split(";", -1)) {
            if (part.strip().startsWith(name + "=")) {
                return part.strip().substring(name.length() + 1).replace("\"", "");
            }
        }
        return "";
    }

    /** The blocks in the order of the file, repetitions included; identity CIDs, which a check of their own looks for, left out. */
    List<String> order() {
        return sections.stream()
                .filter(section -> !section.cid().identity())
                .map(section -> section.cid().multihashKey())
                .toList();
    }

    Set<String> blocks() {
        return new LinkedHashSet<>(order());
    }

    /** Records what is missing; says whether nothing is. */
    boolean expectAll(Trial t, Set<String> needed, String what) {
        Set<String> missing = new LinkedHashSet<>(needed);
        missing.removeAll(blocks());
        return t.expect(
                missing.isEmpty(),
                exchange,
                "all " + needed.size() + " blocks of " + what,
                missing.size() + " of them missing");
    }

    /** Records what was not asked for; says whether nothing is. */
    boolean expectNothingElse(Trial t, Set<String> needed, String what) {
        Set<String> other = new HashSet<>(blocks());
        other.removeAll(needed);
        return t.expect(
                other.isEmpty(),
                exchange,
                "nothing but the " + needed.size() + " blocks of " + what,
                other.size() + " other blocks");
    }

    void expectExactly(Trial t, Set<String> needed, String what) {
        if (expectAll(t, needed, what)) {
            expectNothingElse(t, needed, what);
        }
    }

    /** The order with later repetitions taken out. */
    List<String> firstTimes() {
        return new ArrayList<>(blocks());
    }
}
