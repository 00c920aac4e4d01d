//! `hoist runtime` against registries on this machine, and once against the real ones.
//!
//! | folder | a case is |
//! |---|---|
//! | `npm/` | `registry` (packages with their versions), `add` (what is asked for, command by command), and `tree` (what lies where) or `error` |
//! | `pypi/` | `index`, `add`, and `installed` or `error` |

mod command;
mod fault;
mod network;
mod registry;
mod resolution;
mod tool;
