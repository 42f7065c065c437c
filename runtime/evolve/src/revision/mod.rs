//! Revisions: the migration directories as values, their order, and how people point at them.
//!
//! Nothing here touches a disk. Whoever reads the directories hands over their texts; whoever
//! writes them gets the texts back. Diesel's own rules hold: a version is what stands before the
//! first `_` of a directory's name, without `-`, and revisions run in the order of their versions
//! as strings.

mod address;
mod address_error;
mod branch;
mod broken;
mod clash;
mod footprint;
mod graph;
mod history;
mod late;
mod message;
mod metadata;
mod model;
mod path;
mod phase;
mod range;
mod version;

pub use address::Spot;
pub use address_error::AddressError;
pub use broken::HistoryError;
pub use clash::clashes;
pub use diesel_autogen_progress::checksum;
pub use footprint::Footprint;
pub use history::{History, Replayed};
pub use late::Late;
pub use message::{MessageError, Title};
pub use metadata::{Metadata, MetadataError};
pub use model::Revision;
pub use path::Way;
pub use phase::Phase;
pub use version::{slug, version};

#[cfg(test)]
mod branch_tests;
#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod tests;
