use super::{STORY, Story};

fn table(columns: &str) -> String {
    format!("CREATE TABLE t (id int PRIMARY KEY, {columns});")
}

#[test]
fn a_filled_row_does_not_take_the_place_of_another() {
    let story = Story {
        before: &table("a text"),
        after: &table("a text NOT NULL DEFAULT 'zzz'"),
        up: "UPDATE t SET a = 'zzz' WHERE a IS NULL; ALTER TABLE t ALTER a SET DEFAULT 'zzz', ALTER a SET NOT NULL;",
        down: "ALTER TABLE t ALTER a DROP NOT NULL, ALTER a DROP DEFAULT;",
        ..STORY
    };
    story.holds_with("t", 3);
    Story { up: &story.up.replace("WHERE a IS NULL", ""), ..story }
        .fails(&["a row is not what it was"]);
}

#[test]
fn text_that_is_cut_off_is_a_loss() {
    let story = Story {
        before: &table("a text NOT NULL"),
        after: &table("a varchar(3) NOT NULL"),
        up: "ALTER TABLE t ALTER a TYPE varchar(3);",
        down: "ALTER TABLE t ALTER a TYPE text;",
        certain: false,
        ..STORY
    };
    story.holds_with("t", 1);
    Story { up: "ALTER TABLE t ALTER a TYPE varchar(3) USING a::varchar(3);", ..story }
        .fails(&["a row is not what it was"]);
}

#[test]
fn columns_that_trade_places_are_noticed() {
    Story {
        before: &table("a text NOT NULL, b text NOT NULL, c int"),
        after: &table("a text NOT NULL, b text NOT NULL"),
        up: "ALTER TABLE t DROP c; UPDATE t SET a = b, b = a;",
        down: "ALTER TABLE t ADD c int; UPDATE t SET a = b, b = a;",
        ..STORY
    }
    .fails(&["a row is not what it was"]);
}

#[test]
fn labels_get_other_names_where_they_are() {
    let with = |labels: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({labels}); {}",
            table("m mood NOT NULL, l mood[] NOT NULL")
        )
    };
    let (before, after) = (with("'a', 'b'"), with("'a', 'b', 'c'"));
    Story {
        before: &before,
        after: &after,
        up: "ALTER TYPE mood ADD VALUE 'c';",
        down: "CREATE TYPE mood_new AS ENUM ('a', 'b');
            ALTER TABLE t ALTER m TYPE mood_new USING m::text::mood_new, ALTER l TYPE mood_new[] USING l::text[]::mood_new[];
            DROP TYPE mood; ALTER TYPE mood_new RENAME TO mood;",
        ..STORY
    }
    .holds_with("t", 2);
}

#[test]
fn generated_columns_and_ranges_go_along() {
    let exclude = ", EXCLUDE USING gist (during WITH &&)";
    Story {
        before: &table(&format!("a int NOT NULL, during tsrange NOT NULL{exclude}")),
        after: &table(&format!("a bigint NOT NULL, during tsrange NOT NULL, g bigint GENERATED ALWAYS AS (a + 1) STORED{exclude}")),
        up: "ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t ADD g bigint GENERATED ALWAYS AS (a + 1) STORED;",
        down: "ALTER TABLE t DROP g; ALTER TABLE t ALTER a TYPE int;",
        ..STORY
    }
    .holds_with("t", 3);
}

#[test]
fn the_null_of_a_document_is_null_elsewhere_and_filled_like_it() {
    let numbers = "INSERT INTO t VALUES (1, '7'), (2, 'null'), (3, NULL);";
    let story = Story {
        before: &table("a jsonb"),
        after: &table("a numeric"),
        then: numbers,
        up: "ALTER TABLE t ALTER a TYPE numeric USING (a #>> '{}')::numeric;",
        down: "ALTER TABLE t ALTER a TYPE jsonb USING to_jsonb(a);",
        certain: false,
        ..STORY
    };
    story.holds_with("t", 3);
    let filled = Story {
        after: &table("a numeric NOT NULL DEFAULT 5"),
        up: "ALTER TABLE t ALTER a TYPE numeric USING (a #>> '{}')::numeric;
            UPDATE t SET a = 5 WHERE a IS NULL;
            ALTER TABLE t ALTER a SET DEFAULT 5, ALTER a SET NOT NULL;",
        down: "ALTER TABLE t ALTER a DROP DEFAULT, ALTER a DROP NOT NULL, ALTER a TYPE jsonb USING to_jsonb(a);",
        ..story
    };
    filled.holds_with("t", 3);
    let lost = filled.up.replace("WHERE a IS NULL", "");
    Story { up: &lost, ..filled }.fails(&["a row is not what it was", "a = '7'", "a = '5'"]);
    let emptied = story.up.replace("(a #>> '{}')::numeric", "NULL");
    Story { up: &emptied, ..story }.fails(&["a row is not what it was", "a = '7'"]);
}
