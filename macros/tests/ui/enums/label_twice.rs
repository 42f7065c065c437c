use diesel_autogen::DbEnum;

#[derive(DbEnum, Debug)]
pub enum State {
    Draft,
    #[db_enum(rename = "draft")]
    New,
}

fn main() {}
