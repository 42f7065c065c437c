//! Without the client library of MySQL its stories are passed over.

use super::{Live, Result};
use crate::package::Package;

const NO_CLIENT: &str = "the stories of MySQL are passed over";

pub(super) fn url() -> String {
    unreachable!("{NO_CLIENT}")
}

pub(super) fn is_missing() -> bool {
    true
}

pub(super) fn open(_package: &Package) -> Live {
    unreachable!("{NO_CLIENT}")
}

pub(super) fn is_pausing(_live: &mut Live) -> bool {
    unreachable!("{NO_CLIENT}")
}

pub(super) fn forget_the_dead(_live: &mut Live) -> Result<()> {
    unreachable!("{NO_CLIENT}")
}
