package dev.pinfold.conformance.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pinfold.conformance.http.Exchange;
import dev.pinfold.conformance.http.NoAnswer;
import dev.pinfold.conformance.http.RunAborted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Takes away what the run made: first every id in the ledger, then whatever a list of our CIDs still shows (a POST whose
 * answer was lost). A pin with another CID is never touched, whatever the endpoint lists.
 */
public final class Cleanup {
    private static final int CIDS_PER_LIST = 10;

    private final Session session;
    private final long deadline;
    private boolean waitedInVain;

    public Cleanup(Session session, Duration atMost) {
        this.session = session;
        this.deadline = session.settings().ticks().nanos() + atMost.toNanos();
    }

    /** Deletes what can be deleted and says how many own pins are left. The state file goes only when none is. */
    public int run() {
        if (session.ledger().cids().isEmpty() && session.ledger().remaining().isEmpty()) {
            return 0;
        }
        try {
            deleteAll(session.ledger().remaining());
            Set<String> left = sweep();
            left.addAll(session.ledger().remaining().keySet());
            return left.size();
        } catch (NoAnswer | RunAborted unreachable) {
            return Math.max(1, session.ledger().remaining().size());
        }
    }

    private void deleteAll(Map<String, Ledger.Account> ids) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        ids.forEach((id, account) -> tasks.add(() -> delete(id, account)));
        Parallel.all(tasks, session.settings().concurrency());
    }

    private boolean delete(String id, Ledger.Account account) {
        Optional<Psa> psa = psa(account);
        if (psa.isEmpty() || session.settings().ticks().nanos() > deadline) {
            return false;
        }
        int status = psa.get().delete(id).status();
        boolean gone = (status >= 200 && status < 300) || status == 404 || status == 410;
        if (gone) {
            session.ledger().gone(id);
        }
        return gone;
    }

    /** Ids of pins with our CIDs that are still listed after one more attempt to delete them. */
    private Set<String> sweep() {
        Set<String> stubborn = new TreeSet<>();
        List<String> own = new ArrayList<>(session.ledger().cids().keySet());
        for (int from = 0; from < own.size() && session.settings().ticks().nanos() < deadline; from += CIDS_PER_LIST) {
            List<String> batch = own.subList(from, Math.min(own.size(), from + CIDS_PER_LIST));
            for (Ledger.Account account : accounts()) {
                stubborn.addAll(sweep(batch, account));
            }
        }
        return stubborn;
    }

    private Set<String> sweep(List<String> batch, Ledger.Account account) {
        Map<String, Ledger.Account> found = listed(batch, account);
        if (found.isEmpty()) {
            return Set.of();
        }
        found.forEach((id, by) -> {
            session.ledger().made(id, by);
            delete(id, by);
        });
        Map<String, Ledger.Account> again = new HashMap<>();
        // Lists may lag behind deletes; but an endpoint that kept its pins once is not waited for again.
        Duration patience = waitedInVain ? Duration.ZERO : session.settings().settle();
        waitedInVain |= !session.until(patience, () -> {
            again.clear();
            again.putAll(listed(batch, account));
            return again.isEmpty();
        });
        return again.keySet();
    }

    private Map<String, Ledger.Account> listed(List<String> cids, Ledger.Account account) {
        Map<String, Ledger.Account> found = new LinkedHashMap<>();
        Exchange page = psa(account).orElseThrow().list(Query.all().cids(cids).limit(1000));
        for (JsonNode result : page.json().path("results")) {
            String id = result.path("requestid").asText(result.path("requestId").asText(""));
            if (!id.isEmpty() && cids.contains(result.path("pin").path("cid").asText())) {
                found.put(id, account);
            }
        }
        return found;
    }

    private List<Ledger.Account> accounts() {
        return session.settings().secondToken().isPresent()
                ? List.of(Ledger.Account.FIRST, Ledger.Account.SECOND)
                : List.of(Ledger.Account.FIRST);
    }

    private Optional<Psa> psa(Ledger.Account account) {
        return switch (account) {
            case FIRST -> Optional.of(session.first(exchange -> {}));
            case SECOND -> session.second(exchange -> {});
        };
    }
}
