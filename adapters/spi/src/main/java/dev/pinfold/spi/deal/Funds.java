package dev.pinfold.spi.deal;

import java.math.BigInteger;

/**
 * What the wallet can spend.
 *
 * @param wallet coins in the wallet
 * @param escrow coins with the market actor that no deal has locked
 * @param locked coins that running deals have locked
 * @param dataCap bytes of verified storage that may still be ordered; zero where the wallet is no verified client
 */
public record Funds(AttoFil wallet, AttoFil escrow, AttoFil locked, BigInteger dataCap) {}
