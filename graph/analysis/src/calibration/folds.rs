//! Folds that never share a group: a program or a project is learnt from or tested on, never both.

use std::collections::BTreeMap;

/// Folds at most; with fewer groups each is a fold of its own.
pub const FOLDS: usize = 10;

/// The fold of each group, given how many observations each has. The largest come first, each to
/// the fold that has the fewest so far, so that folds are about equal; the same groups always fall
/// the same way.
pub fn folds<'a>(groups: impl IntoIterator<Item = (&'a str, f64)>) -> BTreeMap<String, usize> {
    let mut sizes: BTreeMap<&str, f64> = BTreeMap::new();
    for (group, rows) in groups {
        *sizes.entry(group).or_default() += rows;
    }
    let mut order: Vec<(&str, f64)> = sizes.into_iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let mut filled = vec![0.0; FOLDS.min(order.len())];
    let mut out = BTreeMap::new();
    for (group, rows) in order {
        let least = (0..filled.len()).min_by(|&a, &b| f64::total_cmp(&filled[a], &filled[b]));
        if let Some(fold) = least {
            filled[fold] += rows;
            out.insert(group.to_owned(), fold);
        }
    }
    out
}

/// How many folds that are.
pub fn count(folds: &BTreeMap<String, usize>) -> usize {
    folds.values().max().map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_named_twice_is_in_one_fold() {
        let folds = folds([("a", 1.0), ("b", 2.0), ("a", 5.0)]);
        assert_eq!((folds.len(), count(&folds)), (2, 2));
    }

    #[test]
    fn folds_are_about_equal_and_do_not_depend_on_the_order_of_groups() {
        let names: Vec<String> = (0..40).map(|i| format!("p{i}")).collect();
        let sized: Vec<(&str, f64)> = names
            .iter()
            .enumerate()
            .map(|(i, n)| (n.as_str(), (i % 7 + 1) as f64))
            .collect();
        let there = folds(sized.iter().copied());
        assert_eq!(there, folds(sized.iter().rev().copied()));
        let mut held = vec![0.0; count(&there)];
        for (name, rows) in &sized {
            held[there[*name]] += rows;
        }
        assert_eq!(held.len(), FOLDS);
        let (least, most) = held
            .iter()
            .fold((f64::MAX, 0.0f64), |(l, m), &h| (l.min(h), m.max(h)));
        assert!(most - least <= 7.0, "{held:?}");
    }

    #[test]
    fn no_groups_make_no_folds() {
        assert_eq!(count(&folds([])), 0);
    }
}
