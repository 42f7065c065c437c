//! A process that is killed with a signal at every place of a migration: when the server has run
//! something, and before the process hears of it, which is before it sends the next.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use diesel_autogen_database::testing::{self, OwnDatabase};
use diesel_autogen_database::{Database, Value};

use crate::commands::shop::{Shop, USER};

const UP: &str = "ALTER TABLE users ADD COLUMN points int NULL;\n\
                  UPDATE users SET points = COALESCE(points, 0) + id * 10;\n\
                  ALTER TABLE users MODIFY points int NOT NULL;\n\
                  CREATE TABLE scores (id bigint PRIMARY KEY, points int, CONSTRAINT scores_user \
                  FOREIGN KEY (id) REFERENCES users (id));\n\
                  INSERT INTO scores SELECT id, points FROM users;\n";
const DOWN: &str = "DELETE FROM scores;\nDROP TABLE scores;\n\
                    ALTER TABLE users MODIFY points int NULL;\nUPDATE users SET points = NULL;\n\
                    ALTER TABLE users DROP COLUMN points;\n";

/// What runs something: a query, and a prepared statement.
const RUNS: [u8; 2] = [3, 23];

/// What the first statement speaks of that writes something.
const PROGRESS: &str = "CREATE TABLE IF NOT EXISTS __diesel_autogen_progress";

/// Stands between the program and the server, and stops at one of the program's commands, counted
/// from where it begins to write.
struct Between {
    port: u16,
    /// Set once the program is to be killed.
    reached: Arc<AtomicUsize>,
}

impl Between {
    fn stop_at(server: String, command: usize) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let reached = Arc::new(AtomicUsize::new(0));
        let done = Arc::clone(&reached);
        thread::spawn(move || {
            let count = Arc::new(AtomicUsize::new(0));
            for client in listener.incoming().map_while(Result::ok) {
                let (server, count) = (TcpStream::connect(&server), Arc::clone(&count));
                let (done, Ok(server)) = (Arc::clone(&done), server) else { return };
                thread::spawn(move || pass(client, server, &count, command, &done));
            }
        });
        Between { port, reached }
    }
}

/// Passes packets on, up to the command.
fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    count: &AtomicUsize,
    command: usize,
    done: &AtomicUsize,
) {
    let (mut answers, mut hears) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let deaf = Arc::new(Mutex::new(false));
    let listening = Arc::clone(&deaf);
    let heard = Arc::new(AtomicUsize::new(0));
    let hearing = Arc::clone(&heard);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = answers.read(&mut buffer) {
            hearing.fetch_add(1, Ordering::SeqCst);
            if !*listening.lock().unwrap() && hears.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = hears.shutdown(Shutdown::Both);
    });
    let mut begun = false;
    while let Some((number, packet)) = packet(&mut client) {
        begun |= String::from_utf8_lossy(&packet).contains(PROGRESS);
        // The first packet of a command has the number 0, and those of the greeting have not.
        let runs = number == 0 && packet.get(4).is_some_and(|it| RUNS.contains(it));
        if begun && runs && count.fetch_add(1, Ordering::SeqCst) == command {
            *deaf.lock().unwrap() = true;
            let before = heard.load(Ordering::SeqCst);
            server.write_all(&packet).unwrap();
            let deadline = Instant::now() + Duration::from_secs(10);
            while heard.load(Ordering::SeqCst) == before && Instant::now() < deadline {
                sleep(Duration::from_millis(1));
            }
            done.store(1, Ordering::SeqCst);
            // Whoever is killed says nothing more.
            let _ = client.read(&mut [0]);
            break;
        }
        if server.write_all(&packet).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

/// One packet of the protocol with its head, and its number.
fn packet(from: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut packet = vec![0; 4];
    from.read_exact(&mut packet).ok()?;
    let length =
        usize::from(packet[0]) | usize::from(packet[1]) << 8 | usize::from(packet[2]) << 16;
    packet.resize(4 + length, 0);
    from.read_exact(&mut packet[4..]).ok()?;
    Some((packet[3], packet))
}

/// Runs the command until its connection comes to that place, and kills it there; whether there was
/// such a place.
fn killed(shop: &Shop, own: &OwnDatabase, command: &str, at: usize) -> bool {
    let url = own.url();
    let (authority, name) = url.rsplit_once('/').unwrap();
    let (user, address) = authority.split_once('@').unwrap();
    let between = Between::stop_at(address.to_owned(), at);
    let url = format!("{user}@127.0.0.1:{}/{name}", between.port);
    let mut child: Child = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
        .args([command, "--database-url", &url])
        .current_dir(shop.path())
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while between.reached.load(Ordering::SeqCst) == 0 && Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{command}: {status}");
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    // On Unix that is a signal which no process hears of.
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

fn points(database: &mut Database, sql: &str) -> Vec<Option<i64>> {
    database.rows(sql).unwrap().iter().map(|row| row[0].as_integer()).collect()
}

/// A package with a migration of five statements by hand, and its database before it, with rows.
fn prepared() -> Option<(Shop, OwnDatabase, Database)> {
    let own = testing::mysql()?;
    let shop = Shop::mariadb(USER).at(own.url());
    shop.ok(&["generate", "-m", "add users"]);
    let name = "2090-01-01-000000_by_hand";
    shop.write(&format!("migrations/{name}/up.sql"), UP);
    shop.write(&format!("migrations/{name}/down.sql"), DOWN);
    shop.ok(&["upgrade", "+1"]);
    let mut database = own.open();
    database.execute("INSERT INTO users (id, email) VALUES (1, 'a'), (2, 'b'), (3, 'c')").unwrap();
    Some((shop, own, database))
}

#[test]
fn a_migration_of_five_statements_is_killed_at_every_place_and_goes_on() {
    let Some((shop, own, mut database)) = prepared() else { return };
    let before = database.dump().unwrap();
    shop.ok(&["upgrade"]);
    let whole = database.dump().unwrap();
    let mut seen = Vec::new();
    for at in 0.. {
        shop.ok(&["downgrade", "-1"]);
        assert_eq!(database.dump().unwrap(), before, "at {at}");
        let killed = killed(&shop, &own, "upgrade", at);
        seen.extend(database.half_done().unwrap().map(|half| half.done));
        assert_eq!(points(&mut database, "SELECT id FROM users ORDER BY id").len(), 3);
        shop.ok(&["upgrade", "--lock-timeout", "20"]);
        assert_eq!(database.dump().unwrap(), whole, "at {at}");
        for sql in ["SELECT points FROM users ORDER BY id", "SELECT points FROM scores ORDER BY id"]
        {
            let expected = [Some(10), Some(20), Some(30)];
            assert_eq!(points(&mut database, sql), expected, "at {at}: {sql}");
        }
        assert_eq!(database.half_done().unwrap(), None);
        if !killed {
            break;
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5], "places at which something was half done");
}

#[test]
fn a_way_back_is_killed_at_every_place_and_goes_on() {
    let Some((shop, own, mut database)) = prepared() else { return };
    let before = database.dump().unwrap();
    let mut seen = Vec::new();
    for at in 0.. {
        shop.ok(&["upgrade"]);
        let killed = killed(&shop, &own, "downgrade", at);
        seen.extend(database.half_done().unwrap().map(|half| half.done));
        if database.applied().unwrap().len() > 1 {
            shop.ok(&["downgrade", "-1", "--lock-timeout", "20"]);
        }
        assert_eq!(database.dump().unwrap(), before, "at {at}");
        let rows = database.rows("SELECT email FROM users ORDER BY id").unwrap();
        assert_eq!(rows, ["a", "b", "c"].map(|it| [Value::Text(it.to_owned())]), "at {at}");
        if !killed {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen.last(), Some(&5), "{seen:?}");
}
