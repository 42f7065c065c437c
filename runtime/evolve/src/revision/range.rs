use super::{AddressError, History, Revision, Spot};

impl History {
    /// The revisions of a range `a:b`, in order: those between the two, both ends with them. An
    /// end that is not given is the base or everything; `-N` counts back from the end, `+N` on
    /// from the start; without a colon it is everything that leads to one revision.
    ///
    /// # Errors
    /// When an end leads nowhere, or no way leads from one to the other.
    pub fn range(
        &self,
        range: &str,
        applied: Option<&[String]>,
    ) -> Result<Vec<&Revision>, AddressError> {
        let (start, end) = self.ends(range, applied)?;
        let to = self.upto(end);
        if to.is_empty() {
            return Ok(to);
        }
        let first = match start {
            Spot::Base => return Ok(to),
            Spot::Heads => return Ok(self.heads()),
            Spot::At(first) | Spot::Before { first: _, at: Some(first) } => first,
            Spot::Before { first, at: None } => first,
        };
        let from = self.descendants(first);
        let between: Vec<&Revision> = to.into_iter().filter(|it| from.contains(it)).collect();
        match between.is_empty() {
            true => Err(AddressError::NoWay { range: range.to_owned() }),
            false => Ok(between),
        }
    }

    /// The places at both ends of a range.
    ///
    /// # Errors
    /// When one of them leads nowhere.
    pub fn ends(
        &self,
        range: &str,
        applied: Option<&[String]>,
    ) -> Result<(Spot<'_>, Spot<'_>), AddressError> {
        // The name of a directory may have a colon in it.
        let mut ends = None;
        for (at, _) in range.match_indices(':') {
            match self.between(&range[..at], &range[at + 1..], applied) {
                Ok(found) => return Ok(found),
                Err(error) => ends = ends.or(Some(error)),
            }
        }
        match ends {
            Some(error) if self.called(range).is_err() => Err(error),
            Some(_) | None => self.between("", range, applied),
        }
    }

    fn between(
        &self,
        start: &str,
        end: &str,
        applied: Option<&[String]>,
    ) -> Result<(Spot<'_>, Spot<'_>), AddressError> {
        let counts = |text: &str| text.starts_with(['+', '-']);
        let place = |text: &str, other: Spot<'_>| {
            if !counts(text) {
                return self.locate(text, applied);
            }
            match other {
                Spot::Heads => self.locate(&format!("head{text}"), applied),
                Spot::Base | Spot::At(_) | Spot::Before { .. } => match self.upto(other).last() {
                    Some(revision) => self.locate(&format!("{}{text}", revision.dir_name), applied),
                    None => self.locate(&format!("base{text}"), applied),
                },
            }
        };
        if counts(end) && !start.is_empty() {
            let start = self.locate(start, applied)?;
            return Ok((start, place(end, start)?));
        }
        let end = match end {
            "" => Spot::Heads,
            end => self.locate(end, applied)?,
        };
        let start = match start {
            "" => Spot::Base,
            start => place(start, end)?,
        };
        Ok((start, end))
    }
}
