//! A gradual move to new versions, written down before the first call goes to one.

use serde::{Deserialize, Serialize};

/// New versions that get a part of the calls while they are watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Canary {
    /// The deployment that published them.
    pub deployment: u64,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// The part of the calls that the new versions get first, in percent.
    pub percent: f64,
    /// The aliases that move.
    pub moves: Vec<Move>,
}

/// An alias between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The alias's logical id.
    pub id: String,
    /// The function's name or ARN.
    pub function: String,
    /// The alias's name: `live`.
    pub alias: String,
    /// The version that it had.
    pub from: String,
    /// The version that it is to have.
    pub to: String,
}
