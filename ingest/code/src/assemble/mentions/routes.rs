//! The routes that code registers, and which of them a URL means.

use super::super::{Around, Assembly};
use crate::facts::{DefFlags, DefId, FileFacts, Mention, MentionRole};
use ripple_schemas::{EdgeKind, NodeKind, Rule};

/// Prefixes that are told apart; with more of them any beginning of a URL is taken for one.
const MAX_PREFIXES: usize = 64;
/// Handlers beside one registration.
const MAX_HANDLERS: usize = 8;
/// The methods of requests, as clients and servers call them.
const METHODS: &[&str] = &[
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];
/// What mounts handlers under the beginning of a URL.
const MOUNTS: &[&str] = &[
    "use",
    "mount",
    "Mount",
    "include_router",
    "register_blueprint",
];

pub(super) struct Routes {
    routes: Vec<Route>,
    prefixes: Vec<Vec<String>>,
}

struct Route {
    /// `None` for any.
    method: Option<&'static str>,
    segments: Vec<String>,
    /// It answers whatever begins so.
    open: bool,
    handlers: Vec<(usize, DefId)>,
}

impl Routes {
    pub(super) fn new(input: &Assembly<'_>, around: &[Around<'_>]) -> Self {
        let mut found = Self {
            routes: Vec::new(),
            prefixes: Vec::new(),
        };
        for (i, (file, around)) in input.files.iter().zip(around).enumerate() {
            let Some(facts) = file.facts() else { continue };
            for mention in &facts.mentions {
                let name = |n: crate::facts::Name| facts.names.get(n.0 as usize).map_or("", |n| n);
                let (text, call) = (name(mention.text), name(mention.call));
                let handlers = match mention.role {
                    MentionRole::Prefix => {
                        found.prefix(text);
                        continue;
                    }
                    MentionRole::Route => vec![(i, mention.within)],
                    MentionRole::Registration => beside(input, around, i, facts, mention),
                    MentionRole::Text | MentionRole::Path => continue,
                };
                let open = MOUNTS.contains(&call);
                if open && text.starts_with('/') {
                    found.prefix(text);
                }
                if handlers.is_empty() {
                    continue;
                }
                found.routes.push(Route {
                    method: method(call),
                    segments: segments(text),
                    open,
                    handlers,
                });
            }
        }
        found.prefixes.sort();
        found.prefixes.dedup();
        found
    }

    fn prefix(&mut self, text: &str) {
        let segments = segments(text);
        if !segments.is_empty() {
            self.prefixes.push(segments);
        }
    }

    /// The handlers of the routes that a string means as a URL: those of the most telling route, and
    /// what stands before it.
    pub(super) fn find<'r>(
        &'r self,
        text: &str,
        call: &str,
        mention: &Mention,
        from: usize,
    ) -> impl Iterator<Item = (usize, DefId, Rule)> + use<'r> {
        let mut best: Vec<(usize, &Route)> = Vec::new();
        let mut open: Vec<&Route> = Vec::new();
        let registers = |route: &Route| {
            matches!(mention.role, MentionRole::Route | MentionRole::Registration)
                && route.handlers.iter().any(|(file, _)| *file == from)
        };
        if let Some(path) = path_of(text)
            && !self.routes.is_empty()
        {
            let url = segments(path);
            let asked = method(call);
            for route in &self.routes {
                let methods = asked.is_none() || route.method.is_none() || asked == route.method;
                if !methods || registers(route) || url.is_empty() && call.is_empty() {
                    continue;
                }
                if let Some(literal) = self.means(&url, route) {
                    if route.open {
                        open.push(route);
                    } else {
                        best.push((literal, route));
                    }
                }
            }
        }
        let most = best.iter().map(|(literal, _)| *literal).max();
        best.retain(|(literal, _)| Some(*literal) == most);
        let rule = if best.len() == 1 {
            Rule::NameUnique
        } else {
            Rule::NameSimilar
        };
        let best = best.into_iter().map(move |(_, route)| (route, rule));
        let open = open.into_iter().map(|route| (route, Rule::NameSimilar));
        let all: Vec<_> = best
            .chain(open)
            .flat_map(|(route, rule)| route.handlers.iter().map(move |&(f, d)| (f, d, rule)))
            .collect();
        all.into_iter()
    }

    /// Whether a URL is a route's, under some prefixes; how many of its segments are spelt out.
    fn means(&self, url: &[String], route: &Route) -> Option<usize> {
        let fixed = route.segments.len();
        if route.open {
            let lead = url.get(..fixed)?;
            return fit(lead, &route.segments);
        }
        let before = url.len().checked_sub(fixed)?;
        let literal = fit(&url[before..], &route.segments)?;
        self.is_prefix(&url[..before]).then_some(literal + before)
    }

    fn is_prefix(&self, url: &[String]) -> bool {
        url.is_empty()
            || self.prefixes.len() > MAX_PREFIXES
            || self.prefixes.iter().any(|prefix| {
                url.len() >= prefix.len()
                    && fit(&url[..prefix.len()], prefix).is_some()
                    && self.is_prefix(&url[prefix.len()..])
            })
    }
}

/// What a registration mentions on its lines, and the functions written there.
fn beside(
    input: &Assembly<'_>,
    around: &Around<'_>,
    file: usize,
    facts: &FileFacts,
    mention: &Mention,
) -> Vec<(usize, DefId)> {
    let lines = mention.lines.0..=mention.lines.1;
    let mut found: Vec<(usize, DefId)> = facts
        .defs
        .iter()
        .enumerate()
        .filter(|(d, def)| {
            def.flags.has(DefFlags::LAMBDA)
                && lines.contains(&def.lines.0)
                && lines.contains(&def.lines.1)
                // Of nested ones the outermost is the handler.
                && !facts.defs.get(def.parent.0 as usize).is_some_and(|p| {
                    p.flags.has(DefFlags::LAMBDA) && lines.contains(&p.lines.0)
                })
                && *d != 0
        })
        .map(|(d, _)| (file, DefId(d as u32)))
        .collect();
    let Some((number, _)) = around.family else {
        return found;
    };
    let members = &input.families[number].members;
    for edge in &around.edges {
        if !lines.contains(&edge.line)
            || !matches!(edge.kind, EdgeKind::References | EdgeKind::Calls)
        {
            continue;
        }
        let Some(&to) = members.get(edge.to.file as usize) else {
            continue;
        };
        let Some(facts) = input.files[to as usize].facts() else {
            continue;
        };
        let handler = facts.defs.get(edge.to.def.0 as usize).is_some_and(|def| {
            matches!(
                def.kind,
                NodeKind::Function | NodeKind::Method | NodeKind::Class
            )
        });
        if handler {
            found.push((to as usize, edge.to.def));
        }
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(MAX_HANDLERS);
    found
}

fn method(call: &str) -> Option<&'static str> {
    METHODS
        .iter()
        .copied()
        .find(|m| m.eq_ignore_ascii_case(call))
}

/// The path of a URL to this very program; `None` where it is none.
fn path_of(text: &str) -> Option<&str> {
    let path = match text.split_once("://") {
        Some((scheme, rest)) => {
            let (host, _) = rest.split_once('/')?;
            let ours = [
                "localhost",
                "127.0.0.1",
                "testserver",
                "*",
                "0.0.0.0",
                "[::1]",
            ];
            if !scheme.starts_with("http") || !ours.iter().any(|h| host.starts_with(h)) {
                return None;
            }
            &rest[host.len()..]
        }
        None => match text.strip_prefix('*') {
            Some(rest) => rest,
            None => text,
        },
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

fn segments(path: &str) -> Vec<String> {
    path.trim_start_matches('^')
        .trim_end_matches('$')
        .split('/')
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether each segment of a URL is one of a route; how many are spelt out.
fn fit(url: &[String], route: &[String]) -> Option<usize> {
    if url.len() != route.len() {
        return None;
    }
    let mut literal = 0;
    for (given, wanted) in url.iter().zip(route) {
        let hole = wanted.starts_with(':') || wanted.contains(['{', '<', '*', '(']);
        if !hole {
            if given != wanted {
                return None;
            }
            literal += 1;
        } else if wanted.starts_with("<int:")
            && !given.contains('*')
            && !given.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
    }
    Some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let route = |method, path: &str, open, def| Route {
            method,
            segments: segments(path),
            open,
            handlers: vec![(0, DefId(def))],
        };
        Routes {
            routes: vec![
                route(Some("get"), "/{id}", false, 1),
                route(Some("post"), "/", false, 2),
                route(Some("get"), "/health", false, 3),
                route(None, "/orders", true, 4),
            ],
            prefixes: vec![segments("/orders")],
        }
    }

    fn found(text: &str, call: &str) -> Vec<u32> {
        let mention = Mention {
            text: crate::facts::Name(0),
            within: DefId(0),
            lines: (1, 1),
            call: crate::facts::Name(0),
            role: MentionRole::Text,
        };
        let routes = routes();
        let mut defs: Vec<u32> = routes
            .find(text, call, &mention, 9)
            .map(|(_, d, _)| d.0)
            .collect();
        defs.sort();
        defs
    }

    #[test]
    fn a_url_means_the_route_that_spells_out_most_of_it() {
        assert_eq!(found("/health", "get"), [3]);
        assert_eq!(found("/7", "get"), [1]);
        assert_eq!(found("/orders/7?x=1", "get"), [1, 4]);
        assert_eq!(found("http://localhost:*/orders", "fetch"), [2, 4]);
        assert_eq!(found("/orders", "post"), [2, 4]);
    }

    #[test]
    fn a_url_elsewhere_or_of_another_method_means_none() {
        assert_eq!(found("https://example.org/health", "get"), [0; 0]);
        assert_eq!(found("/health", "delete"), [0; 0]);
        assert_eq!(found("/unknown/7", "get"), [0; 0]);
        assert_eq!(found("shop/health", "get"), [0; 0]);
    }
}
