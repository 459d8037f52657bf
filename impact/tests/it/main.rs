//! What the difference of two sides and the answer promise, on facts written by hand.

mod answers;
mod differences;
mod world;
