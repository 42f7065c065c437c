use diesel_autogen::Model;

#[derive(Model)]
pub enum Item {
    One,
}

fn main() {}
