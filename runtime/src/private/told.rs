//! Warnings that there are when a constant turns out to be true. The compiler takes this for every
//! model, and mostly nothing differs: so up to four share a constant, and none has a function.

/// Up to four suspicions; a bit each says whether it is true.
#[derive(Debug)]
pub struct Four<const TRUE: u8>;

/// The suspicions as bits, the first the lowest.
pub const fn bits<const N: usize>(suspicions: [bool; N]) -> u8 {
    let (mut bits, mut at) = (0, 0);
    while at < N {
        bits |= (suspicions[at] as u8) << at;
        at += 1;
    }
    bits
}

/// Each of the four by itself.
pub trait Each {
    /// [`Yes`] or [`No`].
    type First;
    /// [`Yes`] or [`No`].
    type Second;
    /// [`Yes`] or [`No`].
    type Third;
    /// [`Yes`] or [`No`].
    type Fourth;
}

/// A suspicion that is true.
#[derive(Debug)]
pub struct Yes;

/// A suspicion that is not.
#[derive(Debug)]
pub struct No;

macro_rules! each {
    ($($bits:literal: $first:ident $second:ident $third:ident $fourth:ident,)*) => {
        $(impl Each for Four<$bits> {
            type First = $first;
            type Second = $second;
            type Third = $third;
            type Fourth = $fourth;
        })*
    };
}

each! {
    0b0000: No No No No,
    0b0001: Yes No No No,
    0b0010: No Yes No No,
    0b0011: Yes Yes No No,
    0b0100: No No Yes No,
    0b0101: Yes No Yes No,
    0b0110: No Yes Yes No,
    0b0111: Yes Yes Yes No,
    0b1000: No No No Yes,
    0b1001: Yes No No Yes,
    0b1010: No Yes No Yes,
    0b1011: Yes Yes No Yes,
    0b1100: No No Yes Yes,
    0b1101: Yes No Yes Yes,
    0b1110: No Yes Yes Yes,
    0b1111: Yes Yes Yes Yes,
}

/// What has the field `schema_drift`: `Told`, where reading it is a warning, or [`InStep`].
pub trait Tell<Told> {
    /// Which of them.
    type As;
}

impl<Told> Tell<Told> for Yes {
    type As = Told;
}

impl<Told> Tell<Told> for No {
    type As = InStep;
}

/// Nothing to tell.
#[derive(Debug)]
pub struct InStep {
    /// May be read.
    pub schema_drift: (),
}

/// What the first of the four tells.
pub type First<Suspicions, Told> = <<Suspicions as Each>::First as Tell<Told>>::As;
/// What the second of the four tells.
pub type Second<Suspicions, Told> = <<Suspicions as Each>::Second as Tell<Told>>::As;
/// What the third of the four tells.
pub type Third<Suspicions, Told> = <<Suspicions as Each>::Third as Tell<Told>>::As;
/// What the fourth of the four tells.
pub type Fourth<Suspicions, Told> = <<Suspicions as Each>::Fourth as Tell<Told>>::As;
