//! The embedded store, from outside.

mod child;
mod crash;
mod damage;
mod opening;
mod promises;
mod size;
mod views;
