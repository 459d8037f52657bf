//! The suite every backend runs.
//!
//! Goes in: a [`Backend`], which gives fresh empty stores and its own query texts. Each public
//! function of the modules below is one promise of [`GraphStore`](crate::GraphStore), and panics
//! where it is broken; [`conformance!`](crate::conformance!) makes a test of each.
//! Nothing here knows what the store is made of.

pub mod concurrency;
pub mod facts;
pub mod history;
pub mod ledger;
pub mod model;
pub mod values;

use crate::{GraphStore, OwnerFacts};
use async_trait::async_trait;
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Rule};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What a backend gives the suite.
#[async_trait]
pub trait Backend: Send + Sync {
    /// An empty store. Stores given out before need not work any more: where there is one
    /// database for all, this empties it.
    async fn fresh(&self) -> Arc<dyn GraphStore>;

    /// A second, independent handle on the store given out last, as another process has it.
    async fn second(&self) -> Arc<dyn GraphStore>;

    /// The backend's own query texts.
    fn dialect(&self) -> Dialect;

    /// How many random histories the property test tries.
    fn histories(&self) -> u32 {
        32
    }
}

/// Queries in the backend's language.
pub struct Dialect {
    /// One row a node that exists, its key in the first column.
    pub nodes: &'static str,
    /// One row a visible edge: from, kind, to.
    pub edges: &'static str,
    /// One row an event of the outbox, oldest first: partition key, event.
    pub outbox: &'static str,
    /// Texts that would write, lock or leave the database; each must be refused.
    pub writes: &'static [&'static str],
    /// A text that is not in the language.
    pub nonsense: &'static str,
}

/// Makes one test of every promise. The argument is an expression that gives a [`Backend`]; it may
/// wait, and what it holds (a lock on a shared server) lives until the test ends.
#[macro_export]
macro_rules! conformance {
    ($backend:expr) => {
        $crate::conformance!(@each $backend;
            facts::what_is_put_can_be_read,
            facts::an_empty_store_is_empty,
            facts::putting_an_owner_again_replaces_all_it_stated,
            facts::removing_an_owner_removes_what_only_it_stated,
            facts::a_node_shared_by_owners_lives_until_the_last_is_removed,
            facts::a_shared_node_looks_the_same_in_whatever_order_owners_came,
            facts::a_key_is_one_node_and_a_relationship_one_edge,
            facts::an_edge_is_hidden_until_both_ends_exist,
            facts::assertions_merge_in_whatever_order_owners_came,
            facts::edges_are_listed_both_ways_in_order,
            facts::a_snapshot_is_sorted_and_exact,
            facts::one_commit_may_put_and_remove_many_owners,
            facts::owners_are_listed_by_prefix,
            ledger::revisions_count_without_gaps,
            ledger::a_commit_that_changes_nothing_makes_no_revision,
            ledger::changes_since_name_every_key_that_looks_different,
            ledger::changed_keys_cover_edges_that_appear_and_hide,
            ledger::a_document_is_applied_once,
            ledger::events_wait_in_the_outbox_in_order,
            ledger::an_offset_moves_by_compare_and_set,
            ledger::a_zombie_of_an_older_generation_is_refused,
            ledger::a_duplicate_document_still_moves_the_offset,
            ledger::an_unexpected_revision_is_refused,
            ledger::a_refused_commit_leaves_nothing,
            ledger::an_ambiguous_change_set_is_refused,
            ledger::settings_are_kept_beside_the_graph,
            concurrency::writers_are_serial_and_nothing_is_lost,
            concurrency::of_writers_that_expect_one_revision_one_wins,
            concurrency::a_reader_sees_whole_commits_while_another_writes,
            concurrency::a_second_handle_sees_what_the_first_committed,
            values::hostile_values_come_back_as_they_were,
            values::very_long_values_come_back_as_they_were,
            values::every_kind_and_rule_is_kept,
            values::a_model_is_kept_and_moved_without_rewriting_an_edge,
            values::a_hundred_thousand_rows_are_one_commit,
            values::a_query_reads_nodes_and_edges,
            values::a_query_that_would_write_is_refused,
            values::a_query_is_cut_at_its_limit,
            values::a_sound_store_has_no_damage,
            history::any_history_ends_as_its_final_state_from_nothing,
        );
    };
    (@each $backend:expr; $($module:ident::$promise:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let backend = $backend;
                $crate::conformance::$module::$promise(&backend).await;
            }
        )+
    };
}

/// A function's key in the repository `shop`.
pub fn sym(name: &str) -> Key {
    Key::symbol("shop", "src/shop.py", name)
}

/// A function node.
pub fn function(name: &str) -> Node {
    let mut node = Node::new(NodeKind::Function, sym(name), name);
    node.qualified_name = Some(format!("src.shop.{name}"));
    node.path = Some("src/shop.py".into());
    node.line_start = Some(3);
    node.line_end = Some(9);
    node.language = Some("python".into());
    node.properties
        .insert("body".into(), "00ff00ff00ff00ff".into());
    node
}

/// `from` calls `to`, seen at one line of `src/shop.py`.
pub fn call(from: &str, to: &str, rule: Rule, line: u32) -> Assertion {
    Assertion {
        from: sym(from),
        kind: EdgeKind::Calls,
        to: sym(to),
        rule,
        sites: 1,
        evidence: vec![format!("src/shop.py:{line}")],
    }
}

/// The facts of one owner, with a digest of their content.
pub fn facts(owner: &str, nodes: Vec<Node>, assertions: Vec<Assertion>) -> OwnerFacts {
    let mut hasher = DefaultHasher::new();
    format!("{nodes:?}{assertions:?}").hash(&mut hasher);
    OwnerFacts {
        owner: owner.into(),
        digest: hasher.finish(),
        nodes,
        assertions,
    }
}

/// A change set that puts these owners.
pub fn put(owners: impl IntoIterator<Item = OwnerFacts>) -> crate::ChangeSet {
    crate::ChangeSet {
        put: owners.into_iter().collect(),
        ..Default::default()
    }
}

/// A change set that removes these owners.
pub fn remove<'a>(owners: impl IntoIterator<Item = &'a str>) -> crate::ChangeSet {
    crate::ChangeSet {
        remove: owners.into_iter().map(Into::into).collect(),
        ..Default::default()
    }
}
