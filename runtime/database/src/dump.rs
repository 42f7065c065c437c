use std::fmt;

/// Every object of a database in one canonical spelling: two databases that are the same have
/// the same dump. Not meant to be run.
///
/// The order of columns and of everything that has a name makes no difference. Dumps of different
/// engines, and those that different tools made, are not alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dump {
    entries: Vec<String>,
}

impl Dump {
    /// Of statements without the `;` at their ends, in the order that stands for all others.
    pub(crate) fn of(entries: Vec<String>) -> Dump {
        Dump { entries }
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, text) in self.entries.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            writeln!(f, "{text};")?;
        }
        Ok(())
    }
}
