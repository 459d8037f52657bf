use crate::world::{File, facts, file, sym};
use ripple_impact::{Succession, difference};
use ripple_schemas::{ChangeKind, Key, NodeKind};

fn changes(base: &[File], head: &[File]) -> Vec<(String, ChangeKind)> {
    let found = difference(&facts(base), &facts(head));
    found
        .changed
        .into_iter()
        .map(|c| (c.key.to_string(), c.change))
        .collect()
}

#[test]
fn each_change_of_a_symbol_has_its_name() {
    let base = [file("a.py")
        .function("same", "s", "b")
        .function("body", "s", "b")
        .function("sig", "s", "b")
        .function("gone", "s", "only here")];
    let head = [file("a.py")
        .function("same", "s", "b")
        .function("body", "s", "b2")
        .function("sig", "s2", "b")
        .function("new", "s", "only there")];
    let key = |n: &str| sym("a.py", n).to_string();
    assert_eq!(
        changes(&base, &head),
        [
            (key("body"), ChangeKind::Body),
            (key("gone"), ChangeKind::Removed),
            (key("new"), ChangeKind::Added),
            (key("sig"), ChangeKind::Signature),
        ]
    );
}

#[test]
fn a_function_that_went_to_another_file_is_moved_and_succeeds_itself() {
    let base = [file("a.py").function("f", "s", "b")];
    let head = [file("b.py").function("f", "s", "b")];
    let found = difference(&facts(&base), &facts(&head));
    let got: Vec<_> = found
        .changed
        .iter()
        .map(|c| (c.key.clone(), c.change))
        .collect();
    assert_eq!(
        got,
        [
            (Key::file("shop", "b.py"), ChangeKind::Moved),
            (sym("b.py", "f"), ChangeKind::Moved)
        ]
    );
    let succession = |new: Key, old: Key| Succession { new, old };
    assert_eq!(
        found.succeeds,
        [
            succession(Key::file("shop", "b.py"), Key::file("shop", "a.py")),
            succession(sym("b.py", "f"), sym("a.py", "f"))
        ]
    );
}

#[test]
fn a_renamed_function_is_followed_by_its_body() {
    // The signature hash covers the name, so it differs.
    let base = [file("a.py").function("f", "s-f", "long body")];
    let head = [file("a.py").function("g", "s-g", "long body")];
    assert_eq!(
        changes(&base, &head),
        [(sym("a.py", "g").to_string(), ChangeKind::Moved)]
    );
}

#[test]
fn equal_bodies_are_not_followed_where_more_than_one_could_be_meant() {
    let base = [file("a.py").function("f", "s", "b").function("g", "s", "b")];
    let head = [file("a.py").function("h", "s", "b")];
    let key = |n: &str| sym("a.py", n).to_string();
    assert_eq!(
        changes(&base, &head),
        [
            (key("f"), ChangeKind::Removed),
            (key("g"), ChangeKind::Removed),
            (key("h"), ChangeKind::Added)
        ]
    );
}

#[test]
fn an_edited_function_follows_its_renamed_file() {
    let base = [file("a.py")
        .function("f", "s", "1")
        .function("g", "s", "2")
        .function("h", "s", "3")];
    let head = [file("z.py")
        .function("f", "s", "1")
        .function("g", "s", "2")
        .function("h", "s", "edited")];
    let key = |n: &str| sym("z.py", n).to_string();
    assert_eq!(
        changes(&base, &head),
        [
            (Key::file("shop", "z.py").to_string(), ChangeKind::Moved),
            (key("f"), ChangeKind::Moved),
            (key("g"), ChangeKind::Moved),
            (key("h"), ChangeKind::Body)
        ]
    );
}

#[test]
fn methods_follow_their_renamed_class() {
    let class = |name: &str, edited: &str| {
        file("a.py")
            .symbol(NodeKind::Method, &format!("{name}.one"), "s", "1")
            .symbol(NodeKind::Method, &format!("{name}.two"), "s", "2")
            .symbol(NodeKind::Method, &format!("{name}.three"), "s", edited)
    };
    let key = |n: &str| sym("a.py", &format!("Basket.{n}")).to_string();
    assert_eq!(
        changes(&[class("Cart", "3")], &[class("Basket", "4")]),
        [
            (key("one"), ChangeKind::Moved),
            (key("three"), ChangeKind::Body),
            (key("two"), ChangeKind::Moved)
        ]
    );
}
