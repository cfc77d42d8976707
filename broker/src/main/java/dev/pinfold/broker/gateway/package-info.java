/**
 * The gateway: {@code /ipfs/{cid}[/path]} for readers who verify (raw blocks, CARs) and for those who do not (files,
 * ranges, directories). Start at {@code GatewayServer}; what is read comes from package {@code retrieval}.
 */
@NullMarked
package dev.pinfold.broker.gateway;

import org.jspecify.annotations.NullMarked;
