use diesel_autogen::Model;

#[derive(Model)]
pub struct Item {
    pub id: i64,
    pub host: std::net::IpAddr,
}

fn main() {}
