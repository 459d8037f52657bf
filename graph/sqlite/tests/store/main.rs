//! The embedded store, from outside.

mod child;
mod crash;
mod damage;
mod opening;
mod promises;
mod retention;
mod size;
mod synthetic;
mod views;
