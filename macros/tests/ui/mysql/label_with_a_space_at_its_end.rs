use diesel_autogen::DbEnum;

#[derive(Debug, DbEnum)]
pub enum State {
    #[db_enum(rename = "draft ")]
    Draft,
    Sent,
}

fn main() {}
