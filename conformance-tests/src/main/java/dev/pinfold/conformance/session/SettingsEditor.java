package dev.pinfold.conformance.session;

import dev.pinfold.conformance.http.Limits;
import dev.pinfold.conformance.http.Ticks;
import dev.pinfold.conformance.rule.Level;
import dev.pinfold.conformance.rule.Profile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Changes some settings and keeps the others. */
public final class SettingsEditor {
    private final URI endpoint;
    private final String token;
    private Optional<String> secondToken;
    private Optional<URI> gateway;
    private Optional<String> gatewayCid;
    private Set<Profile> profiles;
    private Level level;
    private Set<String> only;
    private double pace;
    private int concurrency;
    private int population;
    private int racers;
    private Duration waitPinned;
    private Duration settle;
    private Duration poll;
    private boolean publicDelegates;
    private Limits limits;
    private Ticks ticks;
    private Path stateDir;

    SettingsEditor(Settings from) {
        endpoint = from.endpoint();
        token = from.token();
        secondToken = from.secondToken();
        gateway = from.gateway();
        gatewayCid = from.gatewayCid();
        profiles = from.profiles();
        level = from.level();
        only = from.only();
        pace = from.pace();
        concurrency = from.concurrency();
        population = from.population();
        racers = from.racers();
        waitPinned = from.waitPinned();
        settle = from.settle();
        poll = from.poll();
        publicDelegates = from.publicDelegates();
        limits = from.limits();
        ticks = from.ticks();
        stateDir = from.stateDir();
    }

    public SettingsEditor secondToken(Optional<String> other) {
        secondToken = other;
        return this;
    }

    public SettingsEditor gateway(Optional<URI> other) {
        gateway = other;
        return this;
    }

    public SettingsEditor gatewayCid(Optional<String> other) {
        gatewayCid = other;
        return this;
    }

    public SettingsEditor profiles(Set<Profile> other) {
        profiles = other;
        return this;
    }

    public SettingsEditor level(Level other) {
        level = other;
        return this;
    }

    public SettingsEditor only(Set<String> other) {
        only = other;
        return this;
    }

    public SettingsEditor pace(double other) {
        pace = other;
        return this;
    }

    public SettingsEditor concurrency(int other) {
        concurrency = other;
        return this;
    }

    public SettingsEditor population(int other) {
        population = other;
        return this;
    }

    public SettingsEditor racers(int other) {
        racers = other;
        return this;
    }

    public SettingsEditor waitPinned(Duration other) {
        waitPinned = other;
        return this;
    }

    public SettingsEditor settle(Duration other) {
        settle = other;
        return this;
    }

    public SettingsEditor poll(Duration other) {
        poll = other;
        return this;
    }

    public SettingsEditor publicDelegates(boolean other) {
        publicDelegates = other;
        return this;
    }

    public SettingsEditor limits(Limits other) {
        limits = other;
        return this;
    }

    public SettingsEditor ticks(Ticks other) {
        ticks = other;
        return this;
    }

    public SettingsEditor stateDir(Path other) {
        stateDir = other;
        return this;
    }

    public Settings build() {
        return new Settings(
                endpoint,
                token,
                secondToken,
                gateway,
                gatewayCid,
                profiles,
                level,
                only,
                pace,
                concurrency,
                population,
                racers,
                waitPinned,
                settle,
                poll,
                publicDelegates,
                limits,
                ticks,
                stateDir);
    }
}
