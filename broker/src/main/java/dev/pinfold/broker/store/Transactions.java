package dev.pinfold.broker.store;

import dev.pinfold.broker.BrokerException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.function.Function;

/**
 * Blocking transactions: all of the work, or nothing of it. Everything that the work asks the database goes over the
 * connection it is given. For another one it would have to wait, and those who have the others wait for its locks.
 */
final class Transactions {
    private static final ThreadLocal<Boolean> OPEN = ThreadLocal.withInitial(() -> false);

    private Transactions() {}

    /** Whether this thread is within a transaction. */
    static boolean open() {
        return OPEN.get();
    }

    static <T> T in(Database database, Pool pool, Function<SqlConnection, T> work) {
        SqlConnection sql = connection(database, pool);
        OPEN.set(true);
        try {
            Transaction transaction = database.await(sql.begin());
            try {
                T result = work.apply(sql);
                database.await(transaction.commit());
                return result;
            } catch (RuntimeException e) {
                rollback(database, transaction, e);
                throw e;
            }
        } finally {
            OPEN.remove();
            sql.close();
        }
    }

    /** A connection that comes too late is given back. */
    private static SqlConnection connection(Database database, Pool pool) {
        Future<SqlConnection> coming = pool.getConnection();
        try {
            return database.await(coming);
        } catch (BrokerException e) {
            coming.onSuccess(SqlConnection::close);
            throw e;
        }
    }

    private static void rollback(Database database, Transaction transaction, RuntimeException cause) {
        try {
            database.await(transaction.rollback());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
