//! The conformance suite, twice: with commits of usual size, and with every commit treated as too
//! large for one transaction.

mod usual {
    ripple_graph_core::conformance!(crate::server::Server::take().await);
}

/// Change sets of more than three rows go in by pieces of at most that size.
mod by_pieces {
    use crate::server::Server;
    use ripple_graph_core::conformance::{concurrency, facts, ledger, values};

    async fn server() -> Server {
        let mut server = Server::take().await;
        server.options.large = 3;
        server
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn facts_and_readers_see_whole_commits() {
        let server = server().await;
        facts::one_commit_may_put_and_remove_many_owners(&server).await;
        facts::a_snapshot_is_sorted_and_exact(&server).await;
        facts::an_edge_is_hidden_until_both_ends_exist(&server).await;
        facts::assertions_merge_in_whatever_order_owners_came(&server).await;
        concurrency::a_reader_sees_whole_commits_while_another_writes(&server).await;
        concurrency::writers_are_serial_and_nothing_is_lost(&server).await;
        values::a_sound_store_has_no_damage(&server).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_ledger_is_kept() {
        let mut server = server().await;
        server.options.large = 0;
        ledger::revisions_count_without_gaps(&server).await;
        ledger::a_commit_that_changes_nothing_makes_no_revision(&server).await;
        ledger::a_document_is_applied_once(&server).await;
        ledger::a_duplicate_document_still_moves_the_offset(&server).await;
        ledger::a_refused_commit_leaves_nothing(&server).await;
        ledger::an_unexpected_revision_is_refused(&server).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_hundred_thousand_rows_are_one_commit() {
        let mut server = server().await;
        server.options.large = 30_000;
        values::a_hundred_thousand_rows_are_one_commit(&server).await;
    }
}
