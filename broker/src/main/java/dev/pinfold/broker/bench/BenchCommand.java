package dev.pinfold.broker.bench;

import picocli.CommandLine.Command;

/** {@code pinfold bench}: the parent of the benchmarks. */
@Command(
        name = "bench",
        subcommands = {PsaBench.class, HangBench.class, ReadBench.class, TailBench.class},
        description = "Measure this broker beside a bare reference on this machine.",
        footer = {"", "Example:", "  pinfold bench psa"})
public final class BenchCommand {}
