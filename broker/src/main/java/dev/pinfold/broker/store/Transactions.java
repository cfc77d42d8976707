package dev.pinfold.broker.store;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.function.Function;

/** Blocking transactions: all of the work, or nothing of it. */
final class Transactions {
    private Transactions() {}

    static <T> T in(Database database, Pool pool, Function<SqlConnection, T> work) {
        SqlConnection sql = database.await(pool.getConnection());
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
            sql.close();
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
