//! Lists the folders of `scenarios/` for `scenario::stories`, so that a story is there by existing, and extracts from the
//! pages of the rules what is shown without opening one.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../scenarios");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut code = String::from("static STORIES: &[Story] = &[\n");
    for folder in sorted(&root)? {
        println!("cargo::rerun-if-changed={}", folder.display());
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let _ = writeln!(code, "    Story {{ name: {name:?}, files: &[");
        for file in sorted(&folder)? {
            let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let path = fs::canonicalize(&file)?;
            let _ = writeln!(code, "        ({file_name:?}, include_str!({:?})),", path.display().to_string());
        }
        code.push_str("    ] },\n");
    }
    code.push_str("];\n");
    let out = env::var("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("stories.rs"), code)?;
    fs::write(Path::new(&out).join("rules.rs"), extracts()?)
}

/// Tables with a row a rule, sorted by its text: `TITLES` and `SOURCES` of those two keys of its page, `HEADS` of all that
/// stands between the first two `---` lines, `FIXES` of the section *Fix*. Tables apart, so that a program that never asks
/// for one does not carry it.
fn extracts() -> io::Result<String> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("rules");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut rows = Vec::new();
    for area in sorted(&root)?.iter().filter(|path| path.is_dir()) {
        for page in sorted(area)? {
            let text = fs::read_to_string(&page)?.replace("\r\n", "\n");
            let head =
                text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")).map_or("", |(head, _)| head);
            let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let fix = text.split("\n## ").find_map(|part| part.strip_prefix("Fix\n")).unwrap_or("").trim();
            let value = |key| head.lines().find_map(|l| l.strip_prefix(key)).unwrap_or("").trim();
            let texts = [value("title:"), value("sources:"), head, fix].map(str::to_owned);
            rows.push((format!("{}/{}", name(area), name(&page)), texts));
        }
    }
    rows.sort();
    let table = |(column, name): (usize, &str)| {
        let cells: Vec<_> = rows.iter().map(|(id, texts)| (id, &texts[column])).collect();
        format!("static {name}: &[(&str, &str)] = &{cells:?};\n")
    };
    Ok(["TITLES", "SOURCES", "HEADS", "FIXES"].into_iter().enumerate().map(table).collect())
}

fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
