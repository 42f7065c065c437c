use super::Inner;

/// A type that only PostgreSQL has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PgType {
    /// A list of values of one type, of any length and depth.
    Array(Inner),
    /// Text filled up with spaces to a length; one character when none is said.
    Bpchar {
        /// Characters.
        length: Option<u32>,
    },
    /// One byte: `"char"`.
    CChar,
    /// Address of a network.
    Cidr,
    /// Text whose letter case makes no difference.
    Citext,
    /// Address of a host, perhaps with its network.
    Inet,
    /// Span of time.
    Interval,
    /// Hardware address of six bytes.
    MacAddr,
    /// Hardware address of eight bytes.
    MacAddr8,
    /// Amount of money, as the server's locale has it.
    Money,
    /// Several ranges of one kind.
    Multirange(RangeOf),
    /// Identifier of an object of the server's.
    Oid,
    /// Place in the server's log.
    PgLsn,
    /// Everything between two values.
    Range(RangeOf),
    /// Point in time.
    Timestamptz {
        /// Digits of the seconds' fraction; six when none is said.
        precision: Option<u32>,
    },
    /// Universally unique identifier.
    Uuid,
    /// Text of any length, called `varchar`.
    Varchar,
}

/// What a range is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeOf {
    /// 32-bit integers.
    Int4,
    /// 64-bit integers.
    Int8,
    /// Exact decimal numbers.
    Num,
    /// Dates and times without a zone.
    Ts,
    /// Points in time.
    Tstz,
    /// Calendar dates.
    Date,
}

impl RangeOf {
    /// Every kind, with Diesel's name of the range and of the multirange.
    const NAMES: [(RangeOf, &'static str, &'static str); 6] = [
        (RangeOf::Int4, "Int4range", "Int4multirange"),
        (RangeOf::Int8, "Int8range", "Int8multirange"),
        (RangeOf::Num, "Numrange", "Nummultirange"),
        (RangeOf::Ts, "Tsrange", "Tsmultirange"),
        (RangeOf::Tstz, "Tstzrange", "Tstzmultirange"),
        (RangeOf::Date, "Daterange", "Datemultirange"),
    ];

    const fn names(self) -> (&'static str, &'static str) {
        let (_, range, multirange) = RangeOf::NAMES[self as usize];
        (range, multirange)
    }
}

impl PgType {
    /// Diesel's name of the type: `Timestamptz`. An array is an `Array<…>` of its elements' type.
    pub const fn diesel_name(&self) -> &'static str {
        match self {
            PgType::Array(_) => "Array",
            PgType::Bpchar { .. } => "Bpchar",
            PgType::CChar => "CChar",
            PgType::Cidr => "Cidr",
            PgType::Citext => "Citext",
            PgType::Inet => "Inet",
            PgType::Interval => "Interval",
            PgType::MacAddr => "MacAddr",
            PgType::MacAddr8 => "MacAddr8",
            PgType::Money => "Money",
            PgType::Multirange(of) => of.names().1,
            PgType::Oid => "Oid",
            PgType::PgLsn => "PgLsn",
            PgType::Range(of) => of.names().0,
            PgType::Timestamptz { .. } => "Timestamptz",
            PgType::Uuid => "Uuid",
            PgType::Varchar => "Varchar",
        }
    }

    /// The type with Diesel's name `name` and no parameters. Arrays have none of their own.
    pub fn from_diesel_name(name: &str) -> Option<PgType> {
        Some(match name {
            "Bpchar" => PgType::Bpchar { length: None },
            "CChar" => PgType::CChar,
            "Cidr" => PgType::Cidr,
            "Citext" => PgType::Citext,
            "Inet" => PgType::Inet,
            "Interval" => PgType::Interval,
            "MacAddr" | "Macaddr" => PgType::MacAddr,
            "MacAddr8" | "Macaddr8" => PgType::MacAddr8,
            "Money" => PgType::Money,
            "Oid" => PgType::Oid,
            "PgLsn" => PgType::PgLsn,
            "Timestamptz" => PgType::Timestamptz { precision: None },
            "Uuid" => PgType::Uuid,
            _ => {
                let of = RangeOf::NAMES.into_iter();
                let found = of.clone().find(|(_, range, _)| *range == name);
                let range = found.map(|(of, ..)| PgType::Range(of));
                return range.or_else(|| {
                    let mut of = of;
                    of.find(|(.., multirange)| *multirange == name)
                        .map(|(of, ..)| PgType::Multirange(of))
                });
            }
        })
    }
}
