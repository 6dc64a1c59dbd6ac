//! With the feature `split`: runs the stories of the opening figure, so that the page shows them before the simulator has
//! arrived.

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "split")]
    record()?;
    Ok(())
}

#[cfg(feature = "split")]
fn record() -> std::io::Result<()> {
    use simulator::{scenario::stories, wire};
    let pair = ["ruby-shell-form", "ruby-exec-form"];
    let drafts = pair.iter().filter_map(|name| stories::by_name(name)).map(|story| story.draft());
    let answers: Vec<wire::Answer> = drafts.map(|draft| wire::answer(&draft)).collect();
    let bytes = postcard::to_allocvec(&answers).map_err(std::io::Error::other)?;
    let folder = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(folder.join("opening.run"), bytes)
}
