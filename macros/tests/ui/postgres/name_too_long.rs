use diesel_autogen::Model;

#[derive(Model)]
#[model(index(name = "a_name_that_goes_on_and_on_until_the_server_would_cut_off_its_end", columns(name)))]
pub struct Item {
    pub id: i64,
    pub name: String,
}

fn main() {}
