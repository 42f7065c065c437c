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
        let last = match end {
            Spot::Base => return Ok(Vec::new()),
            Spot::Heads => self.heads(),
            Spot::At(last) => vec![last],
        };
        let to = self.ancestors(&last);
        let first = match start {
            Spot::Base => return Ok(to),
            Spot::Heads => return Ok(self.heads()),
            Spot::At(first) => first,
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
        let (start, end) = range.split_once(':').unwrap_or(("", range));
        let counts = |text: &str| text.starts_with(['+', '-']);
        let place = |text: &str, other: Spot<'_>| match other {
            Spot::At(revision) if counts(text) => {
                self.locate(&format!("{}{text}", revision.dir_name), applied)
            }
            Spot::Base if counts(text) => self.locate(&format!("base{text}"), applied),
            Spot::Heads if counts(text) => self.locate(&format!("head{text}"), applied),
            Spot::At(_) | Spot::Base | Spot::Heads => self.locate(text, applied),
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
