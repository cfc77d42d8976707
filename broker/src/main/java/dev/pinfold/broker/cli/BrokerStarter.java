package dev.pinfold.broker.cli;

import dev.pinfold.broker.config.BrokerConfig;

/** Starts a broker. */
@FunctionalInterface
interface BrokerStarter {
    RunningBroker start(BrokerConfig config) throws Exception;

    static BrokerStarter standard() {
        return OwnBroker::start;
    }
}
