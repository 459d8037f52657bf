//! How far a change travels: for each kind of relationship, direction and kind of change, the
//! probability that what depends through it is truly touched.
//!
//! One table, read top to bottom: the first row that fits an edge decides. The columns are the
//! kinds of change of the *changed* symbol, for the first step; `then` is for every further step,
//! where what travels is "this node may behave differently now". A weight is the probability that
//! the dependence is real, given that the edge is; the edge's own confidence is multiplied in.
//! Zero means that nothing travels that way.
//!
//! No weight exceeds [`MAX_WEIGHT`]: every further step makes a path strictly less probable,
//! which is what lets [`crate::closure()`] settle whole buckets at once and still be exact.

use crate::calibration::Calibration;
use ripple_schemas::{ChangeKind, EdgeKind, NodeKind, Rule, State};

/// The most that one step can carry.
pub const MAX_WEIGHT: f64 = 0.99;

/// Which way an edge is travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Direction {
    /// From `to` to `from`: who points at what changed depends on it.
    Against,
    /// From `from` to `to`: what changed acts on what it points at.
    Along,
}

/// What sort of end a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Any,
    /// Function, Method, Macro or Test: something with a body that runs.
    Code,
    /// Class, Interface or Type.
    Classlike,
    /// Field, Variable or Constant: something that is read.
    Value,
    /// Module or File.
    Unit,
}

impl End {
    fn fits(self, kind: NodeKind) -> bool {
        use NodeKind as N;
        match self {
            End::Any => true,
            End::Code => matches!(kind, N::Function | N::Method | N::Macro | N::Test),
            End::Classlike => matches!(kind, N::Class | N::Interface | N::Type),
            End::Value => matches!(kind, N::Field | N::Variable | N::Constant),
            End::Unit => matches!(kind, N::Module | N::File),
        }
    }
}

/// One row: an edge (with the sort of its ends and a direction) and its weights.
struct Row {
    edge: EdgeKind,
    direction: Direction,
    from: End,
    to: End,
    /// By [`ChangeKind`]: added, removed, body, signature, moved, contract.
    first: [f64; 6],
    then: f64,
}

const fn row(
    edge: EdgeKind,
    direction: Direction,
    (from, to): (End, End),
    first: [f64; 6],
    then: f64,
) -> Row {
    Row {
        edge,
        direction,
        from,
        to,
        first,
        then,
    }
}

use Direction::{Against, Along};
use End::{Any, Classlike, Code, Unit, Value};

/// The table. Hard dependence (a call, a read) is carried nearly whole by every kind of change
/// but `added` (nothing could call it before; what begins to is itself changed, or was redirected
/// by the addition) and `moved` (the body is as before; only the way to it changed).
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                                             added removed body  sig   moved contract  then
    // A caller runs its callee.
    row(EdgeKind::Calls, Against, (Any, Any),                     [0.50, 0.98, 0.98, 0.98, 0.40, 0.98], 0.98),
    // A file mentions at its top what it imports: it needs the name to be there, and runs little
    // of it.
    row(EdgeKind::References, Against, (Unit, Any),               [0.10, 0.98, 0.30, 0.40, 0.90, 0.50], 0.15),
    // Whoever reads a variable, constant or field sees its new value.
    row(EdgeKind::References, Against, (Any, Value),              [0.30, 0.98, 0.95, 0.95, 0.40, 0.95], 0.90),
    // Mentioning a class uses some of it; which part is told by the calls.
    row(EdgeKind::References, Against, (Any, Classlike),          [0.20, 0.98, 0.60, 0.80, 0.40, 0.90], 0.30),
    // Mentioning a function passes it on: it runs, but perhaps elsewhere.
    row(EdgeKind::References, Against, (Any, Any),                [0.30, 0.98, 0.70, 0.90, 0.40, 0.90], 0.60),
    row(EdgeKind::ReadsField, Against, (Any, Any),                [0.30, 0.98, 0.90, 0.95, 0.40, 0.95], 0.80),
    // A subclass inherits; its own overrides shield it from part of the change.
    row(EdgeKind::Extends, Against, (Any, Any),                   [0.30, 0.98, 0.80, 0.95, 0.40, 0.90], 0.50),
    // An implementor must follow the interface's shape; default bodies reach it less often.
    row(EdgeKind::Implements, Against, (Any, Any),                [0.30, 0.98, 0.60, 0.98, 0.40, 0.95], 0.50),
    // An override must follow the overridden signature; it replaces the body, and where it runs that
    // all the same it calls it.
    row(EdgeKind::Overrides, Against, (Any, Any),                 [0.20, 0.90, 0.00, 0.98, 0.30, 0.90], 0.00),
    // A call through the base may land in this override: the overridden method stands for it.
    row(EdgeKind::Overrides, Along, (Any, Any),                   [0.50, 0.60, 0.50, 0.30, 0.20, 0.50], 0.50),
    // Importing a unit runs its top level. That some part of it changed says little: the part that
    // is used has an edge of its own.
    row(EdgeKind::Imports, Against, (Any, Unit),                  [0.05, 0.90, 0.15, 0.20, 0.90, 0.50], 0.03),
    // Importing a name needs it to be there.
    row(EdgeKind::Imports, Against, (Any, Any),                   [0.05, 0.98, 0.30, 0.50, 0.90, 0.50], 0.15),
    // A nested function is part of the function around it.
    row(EdgeKind::Defines, Against, (Code, Any),                  [0.90, 0.95, 0.95, 0.95, 0.90, 0.95], 0.95),
    // A field is state that the whole class shares.
    row(EdgeKind::Defines, Against, (Classlike, Value),           [0.30, 0.70, 0.50, 0.60, 0.30, 0.70], 0.30),
    // One method of many: who uses it has an edge to it, and who uses the others does not notice.
    row(EdgeKind::Defines, Against, (Classlike, Any),             [0.02, 0.15, 0.01, 0.02, 0.02, 0.10], 0.01),
    row(EdgeKind::Contains, Against, (Unit, Unit),                [0.90, 0.90, 0.90, 0.90, 0.90, 0.90], 0.90),
    // A unit is no more than what it defines: that one definition changed says nothing of it.
    // A function's variables are those of what it nests.
    row(EdgeKind::Defines, Along, (Code, Any),                    [0.10, 0.95, 0.50, 0.50, 0.50, 0.50], 0.10),
    row(EdgeKind::Contains, Against, (Classlike, Value),          [0.30, 0.70, 0.50, 0.60, 0.30, 0.70], 0.30),
    row(EdgeKind::Contains, Against, (Classlike, Any),            [0.02, 0.15, 0.01, 0.02, 0.02, 0.10], 0.01),
    // Bases, attributes and decorators of a class reach its members.
    row(EdgeKind::Defines, Along, (Classlike, Any),               [0.10, 0.98, 0.40, 0.60, 0.90, 0.70], 0.00),
    row(EdgeKind::Contains, Along, (Classlike, Any),              [0.10, 0.98, 0.40, 0.60, 0.90, 0.70], 0.00),
    // Top-level statements reach what is defined beside them by what it reads, which has its own
    // edges.
    row(EdgeKind::Defines, Along, (Unit, Any),                    [0.00, 0.98, 0.00, 0.00, 0.90, 0.50], 0.00),
    row(EdgeKind::Contains, Along, (Unit, Unit),                  [0.50, 0.98, 0.90, 0.90, 0.90, 0.90], 0.00),
    row(EdgeKind::Contains, Along, (Unit, Any),                   [0.00, 0.98, 0.00, 0.00, 0.90, 0.50], 0.00),
    // A test, by declaration or by coverage, runs what it points at.
    row(EdgeKind::Tests, Against, (Any, Any),                     [0.90, 0.98, 0.98, 0.98, 0.50, 0.98], 0.98),
    row(EdgeKind::Covers, Against, (Any, Any),                    [0.50, 0.98, 0.95, 0.98, 0.50, 0.95], 0.90),
    // What changed together before; a habit of people, not a dependence, so it starts no chain.
    row(EdgeKind::CoChanged, Against, (Any, Any),                 [0.10, 0.30, 0.30, 0.30, 0.20, 0.30], 0.00),
    row(EdgeKind::CoChanged, Along, (Any, Any),                   [0.10, 0.30, 0.30, 0.30, 0.20, 0.30], 0.00),
    // New → old: whoever held the old name holds what it became.
    row(EdgeKind::Succeeds, Along, (Any, Any),                    [0.99, 0.99, 0.99, 0.99, 0.99, 0.99], 0.99),
    // A service is what its parts and endpoints do.
    row(EdgeKind::PartOf, Along, (Any, Any),                      [0.30, 0.90, 0.80, 0.90, 0.30, 0.95], 0.70),
    row(EdgeKind::Exposes, Against, (Any, Any),                   [0.30, 0.95, 0.90, 0.95, 0.30, 0.95], 0.90),
    row(EdgeKind::HandledBy, Against, (Any, Any),                 [0.50, 0.98, 0.95, 0.98, 0.40, 0.98], 0.95),
    // An endpoint changed by contract asks its handler to follow.
    row(EdgeKind::HandledBy, Along, (Any, Any),                   [0.00, 0.90, 0.00, 0.00, 0.00, 0.60], 0.00),
    row(EdgeKind::Requests, Against, (Any, Any),                  [0.20, 0.98, 0.90, 0.95, 0.50, 0.98], 0.90),
    // A publisher or writer acts on the topic or table, which acts on whoever reads it.
    row(EdgeKind::Publishes, Along, (Any, Any),                   [0.40, 0.90, 0.80, 0.90, 0.30, 0.95], 0.80),
    row(EdgeKind::Subscribes, Against, (Any, Any),                [0.30, 0.95, 0.90, 0.95, 0.30, 0.95], 0.90),
    row(EdgeKind::Writes, Along, (Any, Any),                      [0.30, 0.60, 0.60, 0.60, 0.20, 0.90], 0.50),
    row(EdgeKind::Writes, Against, (Any, Any),                    [0.10, 0.95, 0.30, 0.90, 0.30, 0.90], 0.00),
    row(EdgeKind::Reads, Against, (Any, Any),                     [0.20, 0.98, 0.80, 0.95, 0.30, 0.95], 0.70),
    row(EdgeKind::ConfiguredBy, Against, (Any, Any),              [0.30, 0.95, 0.90, 0.90, 0.40, 0.90], 0.50),
    row(EdgeKind::DescribedBy, Against, (Any, Any),               [0.20, 0.90, 0.50, 0.80, 0.20, 0.95], 0.50),
    row(EdgeKind::DependsOn, Against, (Any, Any),                 [0.20, 0.90, 0.70, 0.80, 0.20, 0.90], 0.60),
    // An objective measures its service.
    row(EdgeKind::Measures, Against, (Any, Any),                  [0.50, 0.98, 0.90, 0.95, 0.50, 0.95], 0.90),
];

/// What one edge is to a change: interned, so that an entry of the adjacency needs two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Class {
    pub direction: Direction,
    pub edge: EdgeKind,
    pub rule: Rule,
    pub state: State,
    pub from: NodeKind,
    pub to: NodeKind,
}

impl Class {
    fn row(&self) -> Option<&'static Row> {
        TABLE.iter().find(|r| {
            r.edge == self.edge
                && r.direction == self.direction
                && r.from.fits(self.from)
                && r.to.fits(self.to)
        })
    }

    /// Whether any change ever travels it.
    pub fn travels(&self) -> bool {
        self.row()
            .is_some_and(|r| r.then > 0.0 || r.first.iter().any(|&w| w > 0.0))
    }
}

/// How a node passes a change on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is the changed symbol.
    First(ChangeKind),
    /// It was reached.
    Then,
}

/// How many phases there are.
const PHASES: usize = 7;

/// The weight of every class in every phase, for one calibration: what the closure multiplies by.
#[derive(Clone, Debug)]
pub struct Weights {
    tables: [Vec<f64>; PHASES],
}

impl Weights {
    /// Resolves confidence × attenuation for every class.
    pub fn new(classes: &[Class], calibration: &Calibration) -> Self {
        let mut tables: [Vec<f64>; PHASES] = Default::default();
        for class in classes {
            let row = class.row();
            let confidence = calibration.confidence(class.rule, class.state);
            for (i, table) in tables.iter_mut().enumerate() {
                let attenuation = row.map_or(0.0, |r| *r.first.get(i).unwrap_or(&r.then));
                table.push((attenuation * confidence).min(MAX_WEIGHT));
            }
        }
        Self { tables }
    }

    /// The weights of one phase, by class.
    pub fn of(&self, phase: Phase) -> &[f64] {
        match phase {
            Phase::First(change) => &self.tables[change as usize],
            Phase::Then => &self.tables[PHASES - 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(edge: EdgeKind, direction: Direction, from: NodeKind, to: NodeKind) -> Class {
        Class {
            direction,
            edge,
            rule: Rule::Syntax,
            state: State::Static,
            from,
            to,
        }
    }

    #[test]
    fn every_weight_is_a_probability_under_the_bound() {
        for r in TABLE {
            for w in r.first.iter().chain([&r.then]) {
                assert!((0.0..=MAX_WEIGHT).contains(w), "{} {w}", r.edge);
            }
        }
    }

    #[test]
    fn no_row_is_hidden_by_one_above_it() {
        for (i, later) in TABLE.iter().enumerate() {
            let hidden = TABLE[..i].iter().any(|r| {
                r.edge == later.edge
                    && r.direction == later.direction
                    && (r.from == Any || r.from == later.from)
                    && (r.to == Any || r.to == later.to)
            });
            assert!(!hidden, "row {i} ({}) never decides", later.edge);
        }
    }

    #[test]
    fn a_call_travels_to_the_caller_and_not_to_the_callee() {
        use NodeKind::Function;
        assert!(class(EdgeKind::Calls, Against, Function, Function).travels());
        assert!(!class(EdgeKind::Calls, Along, Function, Function).travels());
    }

    #[test]
    fn ownership_carries_no_change() {
        for direction in [Against, Along] {
            assert!(
                !class(
                    EdgeKind::OwnedBy,
                    direction,
                    NodeKind::File,
                    NodeKind::Owner
                )
                .travels()
            );
        }
    }

    #[test]
    fn a_changed_signature_reaches_an_override_that_a_changed_body_hardly_does() {
        let c = class(
            EdgeKind::Overrides,
            Against,
            NodeKind::Method,
            NodeKind::Method,
        );
        let weights = Weights::new(&[c], &Calibration::default());
        let of = |change| weights.of(Phase::First(change))[0];
        assert!(of(ChangeKind::Signature) > 0.9 && of(ChangeKind::Body) < 0.2);
    }
}
