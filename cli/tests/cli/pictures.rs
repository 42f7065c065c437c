//! The README's pictures show what the program prints; `docs/pictures` takes them anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text of a picture, without spaces, which lines are broken at.
fn picture(name: &str) -> String {
    let svg = fs::read_to_string(repository().join("docs").join(name)).unwrap();
    let (_, body) = svg.split_once("</style>").unwrap();
    let text: String = body
        .split('<')
        .filter_map(|tag| tag.strip_prefix("text ")?.split_once('>'))
        .map(|(_, text)| text)
        .collect();
    let entities = [
        ("&#160;", ""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    solid(&entities.iter().fold(text, |text, (entity, plain)| text.replace(entity, plain)))
}

/// A text without spaces and with every digit alike: times differ.
fn solid(text: &str) -> String {
    let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
    text.chars().filter(|c| !c.is_whitespace()).map(digit).collect()
}

#[test]
fn the_picture_of_generate_is_what_it_prints() {
    let root = tempfile::tempdir().unwrap();
    let folder = "fixtures/quickstart";
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_diesel-autogen"))
            .args(arguments)
            .args(["--manifest-path", "fixtures/quickstart/Cargo.toml"])
            .current_dir(root.path())
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // Without the dependencies, which nothing here compiles.
    let manifest = "[package]\nname = \"quickstart\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                    [package.metadata.diesel_autogen]\nbackend = \"sqlite\"\n";
    write(&format!("{folder}/Cargo.toml"), manifest);
    let models = read(&format!("{folder}/src/lib.rs"));
    let library = format!("{folder}/src/lib.rs");
    write(&library, &models.replace("    pub bio: Option<String>,\n", ""));
    run(&["init"]);
    run(&["generate", "-m", "teams and the people in them"]);
    write(&library, &models);
    let (printed, picture) = (run(&["generate", "-m", "add user bio"]), picture("generate.svg"));
    for line in printed.lines() {
        assert!(picture.contains(&solid(line)), "docs/generate.svg has no line `{line}`");
    }
}
