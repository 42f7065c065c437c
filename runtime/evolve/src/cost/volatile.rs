use diesel_autogen_schema::Dialect;
use diesel_autogen_schema::sql::{Kind, tokens};

use crate::script::TypeText;

/// Functions that give every row of one statement the same. What is not among them is taken for
/// another value each time, as functions of one's own are unless they say otherwise.
const STEADY: &str = "abs age array array_fill box btrim cast ceil ceiling coalesce concat concat_ws \
current_date current_setting current_timestamp date date_part date_trunc daterange decode encode \
extract floor format greatest hstore int4range int8range json_build_array json_build_object \
jsonb_build_array jsonb_build_object least left length localtimestamp lower lpad make_date \
make_interval make_time make_timestamp make_timestamptz md5 now nullif numrange point power repeat \
replace right round row rpad sha256 sqrt statement_timestamp string_to_array substr substring \
timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsvector transaction_timestamp \
trim tsrange tstzrange upper";

/// Whether a default is another value for each row: then each row must be written.
pub fn is_volatile(default: &str) -> bool {
    let solid: Vec<_> =
        tokens(default, Dialect::Postgres).filter(|it| it.kind != Kind::Space).collect();
    solid.windows(2).any(|pair| {
        let is_call = pair[1].text == "(" && pair[0].kind == Kind::Word;
        let name = pair[0].text.to_lowercase();
        // `::varchar(20)` is no call.
        is_call && !STEADY.split(' ').any(|it| it == name) && !TypeText::is_builtin(&name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_from_types_and_constants() {
        for steady in
            ["1", "'random()'", "now()", "'a'::varchar(20)", "int4range(1, 2)", "ROW(1, 2)"]
        {
            assert!(!is_volatile(steady), "{steady}");
        }
        for volatile in ["random()", "gen_random_uuid()", "1 + random ()", "my.own(1)"] {
            assert!(is_volatile(volatile), "{volatile}");
        }
    }
}
