package dev.pinfold.filecoin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a token must allow. One permission does not imply another in what a token lists, though {@code lotus auth
 * create-token --perm admin} lists all four.
 */
final class Permissions {
    private static final Pattern NEED = Pattern.compile("need '([a-z]+)'");

    private Permissions() {}

    /** Making deals on a legacy node: import and propose need {@code admin}, listing deals and imports {@code write}. */
    static final List<String> LEGACY = List.of("read", "write", "admin");

    /** Signing proposals and pushing messages. */
    static final List<String> MODERN = List.of("read", "sign");

    /** Those of {@code needed} that are not among {@code allowed}, in their order. */
    static Set<String> missing(List<String> needed, Set<String> allowed) {
        Set<String> missing = new LinkedHashSet<>(needed);
        missing.removeAll(allowed);
        return missing;
    }

    /** Names what is missing, what for, and how to get it. */
    static String sentence(String id, Set<String> missing, boolean legacy) {
        String names = String.join("' and '", missing);
        String perm = legacy ? "admin" : "sign";
        return id + ": the token lacks the permission '" + names + "', which "
                + (legacy ? "importing data and proposing deals" : "signing proposals and sending messages")
                + " needs; make one with 'lotus auth create-token --perm " + perm
                + "' and set it as the provider's token";
    }

    /** The same for a call that the node refused. */
    static String sentence(String id, LotusError e) {
        Matcher need = NEED.matcher(e.said());
        String perm = need.find() ? need.group(1) : "admin";
        return id + ": the token lacks the permission '" + perm + "', which " + e.method()
                + " needs; make one with 'lotus auth create-token --perm " + perm
                + "' and set it as the provider's token";
    }
}
