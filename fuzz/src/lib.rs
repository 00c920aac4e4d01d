//! What the fuzz targets share: Hoist's way from text to application, and trees to start from.

#[path = "../../src/check/mod.rs"]
pub mod check;
#[path = "../../src/diag/mod.rs"]
pub mod diag;
#[path = "../../src/eval/mod.rs"]
pub mod eval;
#[path = "../../src/graph/mod.rs"]
pub mod graph;
#[path = "../../src/project/mod.rs"]
pub mod project;
#[path = "../../src/sam/mod.rs"]
pub mod sam;
#[path = "../../src/schema/mod.rs"]
pub mod schema;
#[path = "../../src/template/mod.rs"]
pub mod template;

pub mod mutation;
pub mod run;
pub mod seed;
