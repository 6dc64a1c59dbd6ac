//! Lists the folders of `scenarios/` for `scenario::stories`, so that a story is there by existing.

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
    fs::write(Path::new(&out).join("stories.rs"), code)
}

fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
