//! What no model claims any more and is kept.

use diesel_autogen_evolve::Allowed;
use diesel_autogen_evolve::retire::{RetireError, kept, retire};
use diesel_autogen_schema::Schema;

use crate::project::learn::Replayed;
use crate::{Error, Exit};

/// The models with what is retired, and with what `--retire` names.
///
/// # Errors
/// When something of it cannot be retired, or the models contradict the last snapshot.
pub(super) fn with_retired(
    models: Schema,
    replayed: &Replayed,
    objects: &[String],
    allowed: &Allowed,
) -> Result<Schema, Error> {
    let recorded = &replayed.owned;
    let models = kept(models, recorded, |object| allowed.loses(object))
        .map_err(|errors| Error::all(Exit::Decision, errors))?;
    retire(models, recorded, &replayed.everything(), objects).map_err(|errors| {
        let differ = errors.iter().any(|error| matches!(error, RetireError::Diff(_)));
        Error::all(if differ { Exit::Decision } else { Exit::Usage }, errors)
    })
}
