//! How answers look: text for a terminal, Markdown for a pull request, DOT and
//! SVG for a picture. Goes in: the answer. Comes out: text. Nothing here judges or looks anything up.

mod blast;
mod calibration;
mod dot;
mod markdown;
#[cfg(test)]
mod sample;
mod svg;
mod text;
mod words;

pub(crate) use calibration::{markdown as calibration_markdown, text as calibration_text};
pub(crate) use dot::dot;
pub(crate) use markdown::markdown;
pub(crate) use svg::svg;
pub(crate) use text::{Look, text};
pub(crate) use words::decode;
