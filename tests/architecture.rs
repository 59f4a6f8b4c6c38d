//! Holds the rules of the house that no compiler holds: which crate may use which, that the core is pure,
//! that every word on the screen comes from the core, and that files stay readable.
//!
//! The arrows are those of docs/ARCHITECTURE.md. They bind what is shipped (normal and build dependencies);
//! a crate's own tests may use more.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use workspace::{list, metadata, root, text};

/// Who may use whom.
const ARROWS: [(&str, &[&str]); 10] = [
    ("anban-ui", &[]),
    ("anban-credential", &[]),
    ("anban-wire", &[]),
    ("anban-core", &["anban-credential", "anban-wire"]),
    ("anban-store", &["anban-core"]),
    ("anban-sync", &["anban-core", "anban-credential", "anban-wire"]),
    ("anban-voice", &["anban-core"]),
    ("anban-print", &["anban-core", "anban-credential"]),
    (
        "anban",
        &[
            "anban-core",
            "anban-credential",
            "anban-print",
            "anban-store",
            "anban-sync",
            "anban-ui",
            "anban-voice",
            "anban-wire",
        ],
    ),
    ("anban-hub", &["anban-credential", "anban-wire"]),
];

/// The lines after which a source file is to be split.
const LONGEST_FILE: usize = 500;

/// What the core is handed from outside and so may not take for itself: disk, network, threads, clock, chance.
const NOT_IN_THE_CORE: [&str; 15] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "std::io::stdin",
    "std::io::stdout",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "new_v4",
    "now_v7",
    "getrandom",
    "rand::",
];

/// A crate of the workspace, and where it lies.
struct Member {
    name: String,
    folder: PathBuf,
    dependencies: Vec<Dependency>,
}

/// What a crate's manifest asks for.
struct Dependency {
    name: String,
    /// Whether only the crate's own tests use it.
    for_tests: bool,
}

impl Member {
    /// Whether the package is nothing but tests, and so not shipped.
    fn is_tests(&self) -> bool {
        self.folder.starts_with(root().join("tests"))
    }

    /// The names of what it is shipped with.
    fn shipped(&self) -> impl Iterator<Item = &str> {
        self.dependencies
            .iter()
            .filter(|dependency| !dependency.for_tests)
            .map(|dependency| dependency.name.as_str())
    }
}

fn members() -> Vec<Member> {
    let metadata = metadata(&["--no-deps"]);
    list(&metadata, "packages")
        .iter()
        .map(|package| Member {
            name: text(package, "name").to_owned(),
            folder: Path::new(text(package, "manifest_path")).parent().unwrap().to_owned(),
            dependencies: list(package, "dependencies").iter().map(dependency).collect(),
        })
        .collect()
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(value, "name").to_owned(),
        for_tests: value["kind"].as_str() == Some("dev"),
    }
}

/// Every file below the folders with that ending, build output left out.
fn files(folders: &[&str], ending: &str) -> Vec<PathBuf> {
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    for folder in &waiting {
        assert!(folder.is_dir(), "{} is not there", shown(folder));
    }
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    assert!(
        !found.is_empty(),
        "there are no .{ending} files in {folders:?}: the test looks in the wrong place"
    );
    found.sort();
    found
}

/// A path as a person writes it.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Fails with the offences, one a line.
fn none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n{}", offences.join("\n"));
}

#[test]
fn crates_use_each_other_only_along_the_arrows() {
    let members = members();
    let ours: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    // A name that no crate has any more would allow whatever takes it next.
    let gone = arrows
        .iter()
        .flat_map(|(name, uses)| [name].into_iter().chain(uses.iter()));
    let gone: BTreeSet<&str> = gone.copied().filter(|name| !ours.contains(name)).collect();
    let mut offences: Vec<String> = gone.into_iter().map(|name| format!("there is no {name}")).collect();
    for member in members.iter().filter(|member| !member.is_tests()) {
        let Some(allowed) = arrows.get(member.name.as_str()) else {
            offences.push(format!("{} is in no arrow", member.name));
            continue;
        };
        let used = member
            .shipped()
            .filter(|name| ours.contains(name) && !allowed.contains(name));
        offences.extend(used.map(|name| format!("{} uses {name}", member.name)));
    }
    none("who may use whom is in docs/ARCHITECTURE.md", &offences);
}

#[test]
fn the_toolkit_the_database_and_the_http_client_stay_where_they_belong() {
    // Printing has the client because IPP travels on HTTP; it speaks to printers alone.
    let places: [(&[&str], &[&str]); 2] = [
        (
            &[
                "rusqlite",
                "tokio-postgres",
                "tokio-postgres-rustls",
                "deadpool-postgres",
            ],
            &["anban-store", "anban-hub"],
        ),
        // In the hub only the gateway asks anybody anything; see the next test.
        (&["ureq", "reqwest"], &["anban-sync", "anban-print", "anban-hub"]),
    ];
    let toolkit = ["anban-ui", "anban", "anban-screens"];
    let mut offences = Vec::new();
    for member in members() {
        for (crates, owners) in places {
            let used = member.shipped().filter(|name| crates.contains(name));
            let used = used.filter(|_| !member.is_tests() && !owners.contains(&member.name.as_str()));
            offences.extend(used.map(|name| format!("{} uses {name}", member.name)));
        }
        // The toolkit binds tests too: flows without a screen are the point of the pure core.
        let slint = member.dependencies.iter().map(|dependency| dependency.name.as_str());
        let slint = slint.filter(|name| name.starts_with("slint") || name.starts_with("i-slint"));
        let slint = slint.filter(|_| !toolkit.contains(&member.name.as_str()));
        offences.extend(slint.map(|name| format!("{} uses {name}", member.name)));
    }
    none("these have their places", &offences);
}

#[test]
fn of_the_hub_only_the_gateway_asks_other_servers() {
    let shipped = files(&["src/hub"], "rs").into_iter().map(|file| (shown(&file), file));
    let others = shipped.filter(|(path, _)| {
        let own = ["src/hub/gateway/", "src/hub/tests/", "src/hub/benches/"];
        !own.iter().any(|folder| path.starts_with(folder))
    });
    let asking = others.filter(|(_, file)| fs::read_to_string(file).unwrap().contains("ureq"));
    let offences: Vec<String> = asking.map(|(path, _)| path).collect();
    none("what the hub asks of others goes through src/hub/gateway", &offences);
}

#[test]
fn the_core_takes_no_disk_network_thread_clock_or_chance_for_itself() {
    let mut offences = Vec::new();
    for file in files(&["src/core"], "rs") {
        let path = shown(&file);
        // `testing` is what the core's own tests share; it is compiled for them alone.
        let tests = path.ends_with("tests.rs") || path.contains("/testing");
        if tests || path.contains("/tests/") || path.contains("/benches/") {
            continue;
        }
        let source = fs::read_to_string(&file).unwrap();
        for (number, line) in shipped(&source) {
            let code = line.split("//").next().unwrap_or_default();
            let taken = NOT_IN_THE_CORE.iter().filter(|name| code.contains(*name));
            offences.extend(taken.map(|name| format!("{path}:{number}: {name}")));
        }
    }
    none("the core is handed these from outside", &offences);
}

/// The lines of a source with their numbers, from 1, without the modules of tests that stand in it: those may do as
/// they like. Where one is only declared, its content is in a file of its own, and what follows is shipped.
fn shipped(source: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = source.lines().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(&line) = lines.get(at) {
        let attributes = lines[at..].iter().take_while(|line| line.starts_with("#[")).count();
        let item = lines.get(at + attributes).copied().unwrap_or_default();
        let is_module = item.starts_with("mod ") || (item.starts_with("pub") && item.contains(" mod "));
        if line == "#[cfg(test)]" && is_module && item.ends_with('{') {
            // What is indented is inside, for rustfmt formats everything.
            let inside = lines[at..].iter().take_while(|line| **line != "}").count();
            at += inside + 1;
        } else {
            found.push((at + 1, line));
            at += 1;
        }
    }
    found
}

#[test]
fn only_what_stands_inside_a_module_of_tests_is_not_looked_at() {
    let source = [
        "mod a;\n#[cfg(test)]\nmod tests;\nuse std::fs;\n\n#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod b;",
        "#[cfg(test)]\n#[allow(dead_code)]\npub(crate) mod inside {\n    fn f() {\n    }\n}",
        "#[cfg(test)]\nfn after() {}\n",
    ]
    .join("\n");
    let numbers: Vec<usize> = shipped(&source).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 15, 16]);
    assert_eq!(shipped(&source)[3], (4, "use std::fs;"));
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let mut offences = Vec::new();
    for file in ["rs", "slint"]
        .into_iter()
        .flat_map(|ending| files(&["src", "ui", "tests"], ending))
    {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > LONGEST_FILE {
            offences.push(format!("{}: {lines} lines", shown(&file)));
        }
    }
    none(
        &format!("files are split before they have {LONGEST_FILE} lines"),
        &offences,
    );
}

#[test]
fn every_crate_is_under_the_lints_of_the_workspace_and_none_allows_unsafe_code() {
    let workspace: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let unsafe_code = workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str().unwrap();
    assert!(
        ["deny", "forbid"].contains(&unsafe_code),
        "unsafe code is only a {unsafe_code}"
    );
    let mut offences = Vec::new();
    for member in members() {
        let manifest: toml::Table = fs::read_to_string(member.folder.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let inherits = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(toml::Value::as_bool);
        if inherits != Some(true) {
            offences.push(format!("{} has no `[lints] workspace = true`", member.name));
        }
    }
    for file in files(&["src", "ui", "tests"], "rs") {
        let path = shown(&file);
        let source = fs::read_to_string(&file).unwrap();
        let lifted = source
            .lines()
            .filter(|line| ["allow(", "expect("].iter().any(|word| line.contains(word)));
        if lifted
            .filter(|line| line.contains("unsafe_code"))
            .any(|line| line.trim_start().starts_with('#'))
        {
            offences.push(format!("{path} lifts the lint on unsafe code"));
        }
    }
    none("no code of ours is unsafe", &offences);
}

#[test]
fn every_word_on_the_screen_comes_from_the_core() {
    let icons: BTreeSet<String> = files(&["assets/icons"], "svg")
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .chain(["none".to_owned()])
        .collect();
    let mut offences = Vec::new();
    for file in files(&["ui"], "slint")
        .iter()
        .filter(|path| !shown(path).starts_with("ui/examples"))
    {
        let source = fs::read_to_string(file).unwrap();
        for literal in literals(&source) {
            let path = ["import", "from", "@image-url("]
                .iter()
                .any(|word| literal.before.ends_with(word));
            let font = literal.line.contains("font-family");
            // A digit on a key is the same in every language.
            let word = literal.content.chars().filter(|sign| sign.is_alphabetic()).count() > 1;
            if word && !path && !font && !icons.contains(&literal.content) {
                offences.push(format!("{}:{}: \"{}\"", shown(file), literal.number, literal.content));
            }
        }
    }
    none(
        "pages are given their words, so that every language and the voice have them",
        &offences,
    );
}

/// A string in a .slint file.
struct Literal {
    content: String,
    /// The code before it on its line, without the space between.
    before: String,
    line: String,
    /// The line's number, from 1.
    number: usize,
}

/// The strings of a .slint file that are not in comments; what is computed inside them (`\{…}`) is left out.
fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut in_comment = false;
    for (index, line) in source.lines().enumerate() {
        let mut rest = line;
        let mut before = String::new();
        while !rest.is_empty() {
            if in_comment {
                let Some((_, after)) = rest.split_once("*/") else { break };
                (in_comment, rest) = (false, after);
            } else if rest.starts_with("//") {
                break;
            } else if let Some(after) = rest.strip_prefix("/*") {
                (in_comment, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix('"') {
                let (content, after) = string(after);
                found.push(Literal {
                    content,
                    before: before.trim_end().to_owned(),
                    line: line.to_owned(),
                    number: index + 1,
                });
                before.push('"');
                rest = after;
            } else {
                let mut signs = rest.chars();
                before.extend(signs.next());
                rest = signs.as_str();
            }
        }
    }
    found
}

/// The string that begins here without its opening quote, and what follows its closing one.
fn string(text: &str) -> (String, &str) {
    let mut content = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => break,
            '\\' => match signs.next() {
                Some('{') => drop(signs.by_ref().find(|sign| *sign == '}')),
                Some(escaped) => content.push(escaped),
                None => break,
            },
            other => content.push(other),
        }
    }
    (content, signs.as_str())
}

#[test]
fn a_word_in_a_page_would_be_found() {
    let page = r#"
        // text: "in a comment";
        import { Theme } from "theme.slint"; /* "also
        in one" */ Text { text: "返回 \{root.name} home"; x: "" }
    "#;
    let found: Vec<String> = literals(page).into_iter().map(|literal| literal.content).collect();
    assert_eq!(found, ["theme.slint", "返回  home", ""]);
}
