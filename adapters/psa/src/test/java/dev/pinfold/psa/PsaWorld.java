package dev.pinfold.psa;

import dev.pinfold.content.Cid;
import dev.pinfold.kit.Company;
import dev.pinfold.kit.Dag;
import dev.pinfold.kit.Progress;
import dev.pinfold.kit.PsaFault;
import dev.pinfold.kit.PsaOperation;
import dev.pinfold.kit.RateLimitStyle;
import dev.pinfold.kit.ScriptedPsa;
import dev.pinfold.kit.Trouble;
import dev.pinfold.kit.World;
import dev.pinfold.spi.ProviderConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A scripted company, seen from the contract. */
final class PsaWorld implements World {
    private final ScriptedPsa psa;
    private final Map<String, String> settings = new HashMap<>();

    PsaWorld(Company company, String preset) {
        psa = ScriptedPsa.builder()
                .name(preset)
                .token("s3cr3t-token-of-the-account")
                .company(company)
                .progress(new Progress.AfterLooks(2))
                .start();
        settings.put("preset", preset);
        settings.put("endpoint", psa.endpoint() + "/");
        settings.put("token", psa.token());
        settings.put("gateway", psa.gateway().toString());
        settings.put("gatewayToken", "s3cr3t-token-of-the-gateway");
        settings.put("maxAnswerBytes", String.valueOf(1 << 20));
    }

    PsaWorld with(String name, String text) {
        settings.put(name, text);
        return this;
    }

    ScriptedPsa psa() {
        return psa;
    }

    @Override
    public ProviderConfig config() {
        return new ProviderConfig("acme", settings, Path.of("."));
    }

    @Override
    public void offer(Dag dag) {
        psa.network().offer(dag);
    }

    @Override
    public long held(Cid root) {
        return psa.pinsOf(root).size();
    }

    @Override
    public long contacts() {
        return psa.calls().total();
    }

    @Override
    public Set<Trouble> troubles() {
        return EnumSet.allOf(Trouble.class);
    }

    @Override
    public void cause(Trouble trouble) {
        switch (trouble) {
            case HANG -> psa.faults().everywhere(PsaFault.hang());
            case LOSE_REPLY -> psa.faults().always(PsaOperation.ADD, PsaFault.resetAfterAccepting());
            case REFUSE_CONNECTION -> psa.down();
            case SERVER_ERROR -> psa.faults().everywhere(PsaFault.status(500, "INTERNAL_SERVER_ERROR"));
            case TOO_MANY ->
                psa.faults().everywhere(new PsaFault.TooMany(RateLimitStyle.RETRY_AFTER, Duration.ofSeconds(7)));
            case GARBAGE -> psa.faults().everywhere(PsaFault.garbage(true));
            case ENDLESS_ANSWER -> psa.faults().everywhere(new PsaFault.Endless(true));
            case WRONG_CREDENTIALS ->
                psa.faults()
                        .everywhere(new PsaFault.Answer(
                                401, Map.of(), "bad token\r\n\u0007 " + psa.token() + "\u0000".repeat(5_000), false));
        }
    }

    @Override
    public void heal() {
        psa.faults().clear();
        psa.up();
    }

    @Override
    public List<String> secrets() {
        return List.of(psa.token(), "s3cr3t-token-of-the-gateway");
    }

    @Override
    public Map<String, String> wrongSettings() {
        return Map.of(
                "preset", "pinta",
                "endpoint", "http://user:word@127.0.0.1/psa",
                "token", "two words",
                "gateway", "gateway.example",
                "origins", "yes",
                "pageSize", "5",
                "nameBytes", "64",
                "statusFilter", "all",
                "connectTimeout", "PT0S",
                "window", "maybe");
    }

    @Override
    public void close() {
        psa.close();
    }
}
