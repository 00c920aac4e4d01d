//! What functions wrote: CloudWatch Logs of deployed ones, and what ran on this machine, in time order.
//!
//! ```text
//! Reader (pages, rate) ─► Listing: a span of the past, merged page by page
//!                     └─► Tail: rounds of polling and live sessions ─► Seen (once each) ─► Merge (in order)
//! Store (files of `invoke --local`) ─► the same records
//!                                                    records ─► Choice (request, errors) ─► fold (lines)
//! ```

pub mod choice;
pub mod fold;
pub mod list;
pub mod live;
pub mod merge;
pub mod phrase;
pub mod poll;
pub mod record;
pub mod seen;
pub mod store;
pub mod tail;
pub mod time;
